// What every page needs: search key, menus, drawer, confirmation, messages, selection, disclosure, focus after a swap.
// Everything works by attributes on the element; nothing here knows a page.
(function () {
  "use strict";

  function all(selector, root) {
    return Array.from((root || document).querySelectorAll(selector));
  }
  function isTyping(element) {
    return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
  }
  function say(text) {
    var live = document.getElementById("live");
    if (!live || !text) return;
    live.textContent = "";
    window.setTimeout(function () { live.textContent = text; }, 50);
  }

  // ---------- the tab that is open is in sight, however many stand before it ----------
  all(".views [aria-current]").forEach(function (tab) {
    var bar = tab.parentElement;
    if (bar.scrollWidth > bar.clientWidth) bar.scrollLeft = tab.offsetLeft - bar.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
  });

  // ---------- "/" puts the cursor into search; Escape closes what is open ----------
  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && !isTyping(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      var search = document.querySelector("[data-search]");
      if (!search || !search.offsetParent) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
    if (event.key === " " && event.target.matches("a[role=button]")) { // a link that acts as a button, as for the drawer
      event.preventDefault();
      event.target.click();
    }
    if (event.key === "Escape") {
      closeMenus(null, true);
      closeDrawer();
    }
  });

  // ---------- menus ----------
  function closeMenus(except, giveFocusBack) {
    all("details.menu[open]").forEach(function (menu) {
      if (menu === except) return;
      menu.open = false;
      if (giveFocusBack) menu.querySelector("summary").focus();
    });
  }
  document.addEventListener("click", function (event) {
    closeMenus(event.target.closest("details.menu"));
  });

  // ---------- a chosen file says its name ----------
  function showPicked(picker) {
    var field = picker.querySelector("input[type=file]");
    var words = picker.querySelector("[data-picked]");
    var names = Array.from(field.files).map(function (file) { return file.name; });
    words.textContent = names.join(", ") || words.dataset.none;
    picker.classList.toggle("full", names.length > 0);
    picker.classList.remove("over");
  }
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-picker] input")) showPicked(event.target.closest("[data-picker]"));
  });
  ["dragenter", "dragleave", "drop"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      var picker = event.target.closest && event.target.closest("[data-picker]");
      if (picker) picker.classList.toggle("over", name === "dragenter");
    });
  });

  // ---------- sums: <output data-sum="NAME" data-sum-whole="100"> adds up the fields with data-sum-part="NAME" ----------
  // A field with data-sum-if="ID" counts while the box with this id is ticked.
  // In ten-thousandths, so that nothing is lost; the server adds up again.
  function units(text) {
    var match = /^\s*(-?)(\d*)[.,]?(\d{0,4})\d*\s*$/.exec(text.replace(/,(?=\d{3}\b)/g, ""));
    if (!match || (!match[2] && !match[3])) return BigInt(0);
    return BigInt(match[1] + (match[2] || "0") + (match[3] + "0000").slice(0, 4));
  }
  function worded(sum) {
    return (Number(sum) / 10000).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 4 });
  }
  function counts(field) {
    var box = field.dataset.sumIf && document.getElementById(field.dataset.sumIf);
    return !box || box.checked;
  }
  function addUp() {
    all("output[data-sum]").forEach(function (place) {
      var sum = all("[data-sum-part='" + place.dataset.sum + "']").filter(counts).reduce(function (total, field) {
        return total + units(field.value);
      }, BigInt(0));
      var left = units(place.dataset.sumWhole) - sum;
      var words = left > 0 ? place.dataset.sumLeft : left < 0 ? place.dataset.sumOver : "";
      place.textContent = worded(sum) + (words ? " · " + words.replace("{n}", worded(left < 0 ? -left : left)) : "");
      place.classList.toggle("late", Boolean(words));
    });
  }
  document.addEventListener("input", function (event) {
    if (event.target.matches("[data-sum-part], [type=checkbox]")) addUp();
  });

  // ---------- drawer on small screens ----------
  var drawer = document.querySelector("[data-drawer]");
  var opener = null;
  function setDrawer(isOpen) {
    drawer.classList.toggle("open", isOpen);
    all("[data-behind-drawer]").forEach(function (part) { part.inert = isOpen; });
    all("[data-opens-drawer]").forEach(function (button) { button.setAttribute("aria-expanded", String(isOpen)); });
  }
  function openDrawer(button) {
    opener = button;
    setDrawer(true);
    var first = drawer.querySelector("[aria-current]") || drawer.querySelector("a, button");
    if (first) first.focus();
  }
  function closeDrawer() {
    if (!drawer || !drawer.classList.contains("open")) return;
    setDrawer(false);
    if (opener) opener.focus();
  }
  document.addEventListener("click", function (event) {
    if (!drawer) return;
    var opens = event.target.closest("[data-opens-drawer]");
    if (opens) {
      event.preventDefault();
      openDrawer(opens);
    } else if (event.target.closest("[data-closes-drawer]")) {
      event.preventDefault();
      closeDrawer();
    }
  });
  window.matchMedia("(min-width: 992px)").addEventListener("change", closeDrawer);

  // ---------- confirmation: data-confirm on a button or a form names the thing ----------
  // Optional beside it: data-confirm-title, data-confirm-verb.
  var asked = new WeakSet();
  document.addEventListener("submit", function (event) {
    var form = event.target;
    var button = event.submitter;
    var source = button && button.dataset.confirm ? button : form.dataset.confirm ? form : null;
    var dialog = document.getElementById("confirm");
    if (!source || !dialog || asked.has(form)) {
      asked.delete(form);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    dialog.querySelector("[data-confirm-text]").textContent = source.dataset.confirm;
    var title = dialog.querySelector("[data-confirm-heading]");
    title.textContent = source.dataset.confirmTitle || title.dataset.default;
    var yes = dialog.querySelector("[value=yes]");
    yes.textContent = source.dataset.confirmVerb || (button ? button.textContent.trim() : "") || yes.dataset.default;
    yes.classList.toggle("btn-stop", Boolean(button && button.classList.contains("btn-stop")));
    yes.classList.toggle("btn-primary", !yes.classList.contains("btn-stop"));
    dialog.returnValue = "";
    dialog.addEventListener("close", function () {
      if (dialog.returnValue !== "yes") {
        if (button) button.focus();
        return;
      }
      asked.add(form);
      form.requestSubmit(button);
    }, { once: true });
    dialog.showModal();
    dialog.querySelector("[value=no]").focus();
  }, true);

  // ---------- a form is sent once: the second press of the button does nothing ----------
  // The server counts it once in any case (core/submissions.py); here the buttons say so.
  function setSent(form, isSent) {
    if (isSent) form.dataset.sent = "1";
    else delete form.dataset.sent;
    Array.from(form.elements).forEach(function (one) {
      if (one.type !== "submit") return;
      if (isSent) one.setAttribute("aria-disabled", "true");
      else one.removeAttribute("aria-disabled");
    });
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    setSent(form, true);
    window.setTimeout(function () { setSent(form, false); }, 4000); // a download leaves the page as it is
  });
  window.addEventListener("pageshow", function () {
    all("form[data-sent]").forEach(function (form) { setSent(form, false); });
  });
  document.addEventListener("htmx:beforeRequest", function (event) {
    var form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    else setSent(form, true);
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    var form = event.target;
    if (form.method !== "post") return;
    setSent(form, false);
    var id = form.elements.namedItem("submission");
    if (id && event.detail.successful) id.value = newId(); // the form stays on the page: the next press is another
  });
  function newId() {
    return Array.from(window.crypto.getRandomValues(new Uint8Array(16)), function (number) {
      return (number % 36).toString(36);
    }).join("");
  }

  // ---------- messages ----------
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-dismiss]");
    if (!button) return;
    button.closest(".note").remove();
    var main = document.getElementById("main");
    if (main) main.focus();
  });

  // ---------- selection and its bar ----------
  function items() { return all("input[data-bulk-item]"); }
  function showSelection() {
    var bar = document.querySelector("[data-bulk]");
    if (!bar) return;
    var boxes = items();
    var count = boxes.filter(function (box) { return box.checked; }).length;
    bar.hidden = count === 0;
    var words = bar.querySelector("[data-bulk-count]");
    words.textContent = words.dataset.bulkCount.replace("{n}", String(count));
    all("input[data-bulk-all]").forEach(function (box) {
      box.checked = count > 0 && count === boxes.length;
      box.indeterminate = count > 0 && count < boxes.length;
    });
  }
  document.addEventListener("change", function (event) {
    if (event.target.matches("input[data-bulk-all]")) {
      items().forEach(function (box) { box.checked = event.target.checked; });
    }
    if (event.target.matches("input[data-bulk-all], input[data-bulk-item]")) showSelection();
  });
  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-bulk-clear]")) return;
    items().forEach(function (box) { box.checked = false; });
    showSelection();
    var first = items()[0];
    if (first) first.focus();
  });

  // ---------- a select or choice that sends its form when it changes ----------
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-submits]") && event.target.form) event.target.form.requestSubmit();
  });

  // ---------- disclosure: aria-controls names the row or block that a button opens ----------
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button[data-twist]");
    if (!button) return;
    var isOpen = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!isOpen));
    var place = document.getElementById(button.getAttribute("aria-controls"));
    if (place) place.hidden = isOpen;
    var row = button.closest("tr");
    if (row) row.classList.toggle("open", !isOpen);
  });

  // ---------- explanations open in place; a second press closes them ----------
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a.explain[aria-expanded=true]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    var place = document.getElementById(link.getAttribute("aria-controls"));
    if (place) place.replaceChildren();
    link.setAttribute("aria-expanded", "false");
  }, true);

  // ---------- focus and announcement ----------
  function firstFault(root) {
    var selector = "[data-focus], [aria-invalid=true]:not([type=hidden]), fieldset[aria-invalid=true] input";
    return root.matches && root.matches(selector) ? root : root.querySelector(selector);
  }
  function focusFirstFault() {
    var fault = firstFault(document);
    if (fault) fault.focus();
  }
  function afterSwap(event) {
    var place = event.target;
    var by = event.detail.requestConfig ? event.detail.requestConfig.elt : null;
    if (by && by.matches("a.explain")) {
      all("a.explain[aria-controls='" + by.getAttribute("aria-controls") + "']").forEach(function (link) {
        link.setAttribute("aria-expanded", String(link === by));
      });
    }
    showSelection();
    var goal = firstFault(place) || (place.matches("[tabindex]") ? place : null);
    if (goal && !place.matches("[data-keeps-focus]")) goal.focus();
    var told = place.matches("[data-announce]") ? place : place.querySelector("[data-announce]");
    var heading = place.querySelector("h1, h2, h3, caption");
    say(told ? told.dataset.announce || told.textContent.trim() : heading ? heading.textContent.trim() : "");
  }
  document.addEventListener("htmx:afterSettle", afterSwap);

  // A failed request is said where messages stand; what was on the page stays as it was.
  function tellFailure() {
    var flashes = document.getElementById("flashes");
    var template = document.getElementById("request-failed");
    if (!flashes || !template) return;
    var old = flashes.querySelector("[data-failure]");
    if (old) old.remove();
    flashes.append(template.content.cloneNode(true));
    say(flashes.lastElementChild.textContent.trim());
    flashes.scrollIntoView({ block: "nearest" });
  }
  ["htmx:sendError", "htmx:timeout"].forEach(function (name) { document.addEventListener(name, tellFailure); });
  document.addEventListener("htmx:beforeSwap", function (event) {
    var status = event.detail.xhr.status;
    if (status === 422 || status === 409) { // a form with its errors, a clash with both versions: shown in place
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    } else if (status >= 400) {
      tellFailure();
    }
  });

  focusFirstFault();
  showSelection();
  addUp();
})();

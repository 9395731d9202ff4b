// Charts: one builder per kind, colours from tokens.css, data from a JSON block beside the chart.
// ECharts itself is large, so it is fetched only when a page or a swapped part holds a chart.
// The Content-Security-Policy forbids inline styles, therefore tooltips are drawn on the canvas ("richText").
(function () {
  "use strict";
  var source = document.currentScript.dataset.echarts;
  var nonce = document.currentScript.nonce;
  var isChinese = document.documentElement.lang.toLowerCase().indexOf("zh") === 0;

  function digits(count) {
    return new Intl.NumberFormat(isChinese ? "zh-CN" : "en-GB", { minimumFractionDigits: count, maximumFractionDigits: count });
  }
  var whole = digits(0);
  var tenth = digits(1);
  function minus(text) { return text.replace("-", "\u2212"); }
  function plain(value) {
    if (value === null || value === undefined) return "";
    return minus(Number.isInteger(value) ? whole.format(value) : tenth.format(value));
  }
  function signed(value) { return (value > 0 ? "+" : "") + minus(tenth.format(value)); }
  function short(value) {
    var size = Math.abs(value);
    if (isChinese) {
      if (size >= 1e8) return minus(plain(value / 1e8)) + "亿";
      return size >= 1e4 ? minus(plain(value / 1e4)) + "万" : plain(value);
    }
    if (size >= 1e6) return minus(plain(value / 1e6)) + "m";
    return size >= 1e3 ? minus(plain(value / 1e3)) + "k" : plain(value);
  }
  function token(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  function family() { return getComputedStyle(document.body).fontFamily; }
  // A name beside a small drawing: broken where it may be, so that the edge cuts nothing off.
  function inLines(name) {
    if (name.indexOf(" ") < 0) {
      var lines = Math.ceil(name.length / 12 * (/[^\x00-\x7f]/.test(name) ? 2.4 : 1)); // a Han letter is as wide as two
      return lines < 2 ? name : name.replace(new RegExp("(.{" + Math.ceil(name.length / lines) + "})(?=.)", "g"), "$1\n");
    }
    return name.split(" ").reduce(function (text, word) {
      var line = text.slice(text.lastIndexOf("\n") + 1);
      return text + (line && line.length + word.length > 11 ? "\n" : line ? " " : "") + word;
    }, "");
  }
  function labelFont() { return { fontFamily: family(), fontSize: 12, color: token("--c-ink-2") }; }

  // ---------- shared parts ----------
  function frame() {
    return {
      animation: false,
      aria: { enabled: false }, // the sentence in aria-label says it better, and the table is beside the chart
      textStyle: { fontFamily: family() },
      grid: { left: 4, right: 8, top: 16, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true, padding: [8, 12],
        backgroundColor: token("--c-raised"), borderColor: token("--c-line-strong"), borderWidth: 1,
        textStyle: { color: token("--c-ink"), fontSize: 12, fontFamily: family() },
        axisPointer: { type: "line", lineStyle: { color: token("--c-line-strong"), type: "solid" } },
        valueFormatter: plain
      }
    };
  }
  function names(data, extra) {
    return Object.assign({
      type: "category", data: data, axisTick: { show: false }, axisLine: { lineStyle: { color: token("--c-line-strong") } },
      axisLabel: Object.assign({ margin: 8, hideOverlap: true }, labelFont())
    }, extra || {});
  }
  // Every bar keeps its name, broken into lines where the room is small.
  function underBars(room) {
    return Object.assign(labelFont(), { interval: 0, lineHeight: 15, margin: 8, fontSize: room < 72 ? 11 : 12, width: room, overflow: "break" });
  }
  function values(extra) {
    return Object.assign({
      type: "value", axisLine: { show: false }, axisTick: { show: false }, splitNumber: 3,
      splitLine: { lineStyle: { color: token("--ch-grid") } }, axisLabel: Object.assign(labelFont(), { formatter: short })
    }, extra || {});
  }
  function bars(name, data, colour) {
    return { type: "bar", name: name, data: data, cursor: "default", itemStyle: { color: colour, borderRadius: [2, 2, 0, 0] } };
  }
  function quietLine(name, data) {
    var colour = token("--ch-quiet");
    return { type: "line", name: name, data: data, symbol: "none", lineStyle: { color: colour, width: 1.5 }, itemStyle: { color: colour } };
  }
  function strokes(name, data) { // a target: a dark stroke over each bar
    return {
      type: "custom", name: name, data: data, encode: { y: 1 }, itemStyle: { color: token("--ch-target") },
      renderItem: function (params, api) {
        var at = data[params.dataIndex];
        if (at === null || at === undefined) return null;
        var point = api.coord([params.dataIndex, at]);
        var half = api.size([1, 0])[0] * 0.37;
        return {
          type: "line", silent: true, style: { stroke: token("--ch-target"), lineWidth: 2 },
          shape: { x1: point[0] - half, y1: point[1], x2: point[0] + half, y2: point[1] }
        };
      }
    };
  }
  function categories() { return [token("--ch-1"), token("--ch-2"), token("--ch-3"), token("--ch-4")]; }
  var DASHES = ["solid", [6, 3], [2, 3], [8, 3, 2, 3]];
  var SYMBOLS = ["circle", "rect", "triangle", "diamond"];

  // ---------- builders: data in, ECharts option out ----------
  var build = {
    // {x, names: [actual, target, last year?], actual, target?, last?, open?: index of the period under way}
    target: function (d) {
      var option = frame();
      var actual = d.actual.map(function (v, i) { return { value: v, itemStyle: i === d.open ? { opacity: 0.5 } : {} }; });
      option.xAxis = names(d.x);
      option.yAxis = values();
      option.series = [Object.assign(bars(d.names[0], actual, token("--ch-1")), { barWidth: "56%", barMaxWidth: 48 })];
      if (d.target) option.series.push(strokes(d.names[1], d.target));
      if (d.last) option.series.push(quietLine(d.names[2], d.last));
      return option;
    },

    // {x, series: [{name, data}]}: up to four courses
    lines: function (d) {
      var option = frame();
      option.xAxis = names(d.x, { boundaryGap: false });
      option.yAxis = values();
      option.series = d.series.map(function (s, i) {
        var colour = categories()[i];
        return {
          type: "line", name: s.name, data: s.data, symbol: SYMBOLS[i], symbolSize: 5, connectNulls: false,
          lineStyle: { color: colour, width: 2, type: DASHES[i] }, itemStyle: { color: colour }
        };
      });
      return option;
    },

    // {x, series: [{name, data}], whole?: there are no halves}: the first is the quiet comparison
    compare: function (d, width) {
      var option = frame();
      var room = Math.floor((width - 40) / d.x.length) - 4; // the axis of values takes its part
      option.tooltip.axisPointer = { type: "shadow", shadowStyle: { color: token("--c-hover"), opacity: 0.6 } };
      option.xAxis = names(d.x, { axisLabel: underBars(room) });
      option.yAxis = values(d.whole ? { minInterval: 1 } : {});
      option.series = d.series.map(function (s, i) {
        return Object.assign(bars(s.name, s.data, i ? token("--ch-1") : token("--ch-quiet")), { barGap: "12%", barCategoryGap: "38%", barMaxWidth: 40 });
      });
      return option;
    },

    // {x, names: [this one, peers], score, peers?, bands: [{at, name}], min, max}
    trend: function (d) {
      var option = frame();
      Object.assign(option.grid, { left: (d.bands || []).length ? (isChinese ? 84 : 72) : 0, right: isChinese ? 72 : 56, top: 24 });
      option.xAxis = names(d.x, { boundaryGap: false });
      option.yAxis = values({ min: d.min, max: d.max, show: false });
      var last = d.score.length - 1;
      option.series = [{
        type: "line", name: d.names[0], data: d.score, symbol: "circle", symbolSize: 6, z: 3,
        lineStyle: { color: token("--ch-1"), width: 2 }, itemStyle: { color: token("--ch-1") },
        label: { show: true, position: "top", color: token("--c-ink"), fontSize: 12, fontWeight: 600, formatter: function (p) { return p.dataIndex === last ? tenth.format(p.value) : ""; } },
        endLabel: { show: true, formatter: d.names[0], color: token("--c-accent"), fontSize: 11, fontWeight: 600, distance: 6 },
        labelLayout: { moveOverlap: "shiftY" },
        markLine: {
          silent: true, symbol: "none", lineStyle: { color: token("--c-line"), type: "solid", width: 1 },
          data: (d.bands || []).map(function (b) { return { yAxis: b.at, label: { formatter: b.name } }; }),
          label: { position: "start", color: token("--c-ink-3"), fontSize: 11, distance: 8 }
        }
      }];
      if (d.peers) {
        option.series.unshift(Object.assign(quietLine(d.names[1], d.peers), {
          endLabel: { show: true, formatter: d.names[1], color: token("--c-ink-3"), fontSize: 11, distance: 6 },
          labelLayout: { moveOverlap: "shiftY" }
        }));
      }
      return option;
    },

    // {from, to, fromName, toName, steps: [{n, v}], floor, top}: blue raises, orange lowers, grey stands for the totals
    waterfall: function (d, width) {
      var option = frame();
      var room = Math.floor((width - 12) / (d.steps.length + 2));
      var colour = { up: token("--ch-1"), down: token("--ch-2"), end: token("--ch-quiet") };
      var run = d.from;
      var columns = [{ name: d.fromName, low: d.floor, size: d.from - d.floor, kind: "end", text: tenth.format(d.from) }];
      d.steps.forEach(function (step) {
        columns.push({ name: step.n, low: Math.min(run, run + step.v), size: Math.abs(step.v), kind: step.v < 0 ? "down" : "up", text: signed(step.v) });
        run += step.v;
      });
      columns.push({ name: d.toName, low: d.floor, size: d.to - d.floor, kind: "end", text: tenth.format(d.to) });
      option.grid.top = 24;
      option.tooltip.trigger = "item";
      option.tooltip.formatter = function (p) { return columns[p.dataIndex].name.replace("\n", " ") + "  " + columns[p.dataIndex].text; };
      option.xAxis = names(columns.map(function (c) { return c.name; }), { axisLabel: underBars(room) });
      option.yAxis = values({ min: d.floor, max: d.top, show: false });
      option.series = [
        { type: "bar", stack: "all", silent: true, tooltip: { show: false }, itemStyle: { color: "transparent" }, data: columns.map(function (c) { return c.low; }) },
        {
          type: "bar", stack: "all", barWidth: "58%", cursor: "default",
          data: columns.map(function (c) { return { value: c.size, itemStyle: { color: colour[c.kind], borderRadius: 2 } }; }),
          label: { show: true, position: "top", color: token("--c-ink"), fontSize: 12, fontWeight: 500, formatter: function (p) { return columns[p.dataIndex].text; } }
        }
      ];
      return option;
    },

    // {axes: [name], series: [{name, v}], max?}: at most three shapes, each told apart by colour, dash and symbol
    radar: function (d) {
      var colour = categories();
      var option = frame();
      delete option.grid;
      option.tooltip.trigger = "item";
      option.radar = {
        indicator: d.axes.map(function (name) { return { name: name, max: d.max || 5 }; }), radius: "60%", center: ["50%", "52%"],
        splitNumber: 5, axisNameGap: 8, axisName: { color: token("--c-ink-2"), fontSize: 12, lineHeight: 15, formatter: inLines }, splitArea: { show: false },
        splitLine: { lineStyle: { color: token("--c-line") } }, axisLine: { lineStyle: { color: token("--c-line") } }
      };
      option.series = [{
        type: "radar",
        data: d.series.map(function (s, place) {
          var i = s.k === undefined ? place : s.k; // the sign a series has elsewhere on the page
          return {
            name: s.name, value: s.v, symbol: SYMBOLS[i], symbolSize: 5, itemStyle: { color: colour[i] },
            lineStyle: { width: 2, type: DASHES[i], color: colour[i] }, areaStyle: { color: colour[i], opacity: i === 0 ? 0.08 : 0 }
          };
        })
      }];
      return option;
    }
  };

  // ---------- drawing ----------
  var live = [];
  var asked = false;
  function draw(entry) { entry.chart.setOption(build[entry.element.dataset.chart](entry.data, entry.element.clientWidth), true); }
  function start(element) {
    var block = document.getElementById(element.dataset.from);
    var entry = { element: element, data: JSON.parse(block.textContent), chart: window.echarts.init(element, null, { renderer: "canvas" }) };
    element.dataset.drawn = "1";
    live.push(entry);
    draw(entry);
    if (window.ResizeObserver) new ResizeObserver(function () { entry.chart.resize(); draw(entry); }).observe(element);
  }
  function forgetGone() {
    live = live.filter(function (entry) {
      if (document.contains(entry.element)) return true;
      entry.chart.dispose();
      return false;
    });
  }
  function drawAll() {
    var waiting = document.querySelectorAll("[data-chart]:not([data-drawn])");
    if (!waiting.length) return;
    if (window.echarts) {
      waiting.forEach(start);
    } else if (!asked) {
      asked = true;
      var script = document.createElement("script");
      script.src = source;
      if (nonce) script.nonce = nonce;
      script.addEventListener("load", drawAll);
      document.head.append(script);
    }
  }
  new MutationObserver(function () { live.forEach(draw); })
    .observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  document.addEventListener("htmx:afterSettle", function () { forgetGone(); drawAll(); });
  drawAll();
})();

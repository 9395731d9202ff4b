"""All settings, read from the environment (`.env.example` documents every variable).

In production (DEBUG=False) what is missing or weak stops the start with a sentence; in development
everything has a default, and the database and the broker are the embedded ones.
"""

import hashlib
import hmac
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from config import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=True)
VAR_DIR = Path(env.str("ENTENTE_VAR", default=str(BASE_DIR / "var"))).resolve()


def _required(name: str, *, weak: bool, advice: str) -> None:
    if not DEBUG and weak:
        raise ImproperlyConfigured(f"{name} is missing or weak: {advice}")


# ---- secrets and addresses -------------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY", default="development-only-key" if DEBUG else "")
_required(
    "SECRET_KEY",
    weak=len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10,
    advice="set at least 50 random characters, for example from `openssl rand -base64 48`.",
)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
_required(
    "ALLOWED_HOSTS",
    weak=not ALLOWED_HOSTS or any(host.startswith("*") for host in ALLOWED_HOSTS),
    advice="name the hosts people use, separated by commas; a wildcard is not accepted.",
)
PORT = env.int("PORT", default=8000)
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{PORT}").rstrip("/")
USES_HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL] if USES_HTTPS else [])
MANUFACTURER_NAME = env.str("MANUFACTURER_NAME", default="Halvard")

# ---- applications, from the lowest layer up --------------------------------------------------
INSTALLED_APPS = [
    "config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django.contrib.postgres",
    "config.admin.EntenteAdminConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "core",
    "dealers",
    "ledger",
    "contracts",
    "performance",
    "onboarding",
    "communications",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "dealers.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Order matters: who asks is settled before the door opens the database role around view and rendering.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "dealers.middleware.SessionLimitsMiddleware",
    "dealers.middleware.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dealers.middleware.SecondFactorMiddleware",
    "core.middleware.DoorMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.navigation.portal",
            ],
            "builtins": ["core.templatetags.forms_sent"],
        },
    },
]

FORM_RENDERER = "core.forms.PortalRenderer"
CSRF_FAILURE_VIEW = "core.views.errors.csrf_failure"

# ---- database: two logins, one that owns and one that serves ---------------------------------
DATABASE_URL = env.str("DATABASE_URL", default="")
_required(
    "DATABASE_URL",
    weak=not DATABASE_URL.startswith(("postgres://", "postgresql://")),
    advice="point it to a PostgreSQL server (15 or newer), for example postgres://owner:password@host/entente.",
)
if DATABASE_URL:
    try:
        _owner = env.db_url_config(DATABASE_URL)
    except Exception as error:  # environ raises several kinds; each means that the address cannot be read
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}") from None
else:
    _owner = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "entente",
        "USER": "postgres",
        "HOST": str(VAR_DIR / "pg"),
    }

# Roles carry the database's name, so that two installations can share one server.
DATABASE_ROLE_PREFIX = env.str("DATABASE_ROLE_PREFIX", default="")
DATABASE_OWNER = {"USER": _owner.get("USER", ""), "PASSWORD": _owner.get("PASSWORD", "")}
_app_password = hmac.new(SECRET_KEY.encode(), b"database login of the app role", hashlib.sha256).hexdigest()
DATABASES = {
    "default": {
        **_owner,
        "ENGINE": "django.db.backends.postgresql",
        "USER": f"{DATABASE_ROLE_PREFIX or _owner['NAME']}_app",
        "PASSWORD": env.str("DATABASE_APP_PASSWORD", default=_app_password),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # the pool gives no connection out that a restarted server has forgotten
        "OPTIONS": {
            # The few statements that bind on the server (core.database.prepared) are planned once for a connection.
            "prepare_threshold": 0 if env.bool("DATABASE_PREPARES", default=True) else None,
            **_owner.get("OPTIONS", {}),
            "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=8), "timeout": 10},
        },
    }
}
DATABASE_EMBEDDED = not DATABASE_URL

# ---- broker ----------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{VAR_DIR / 'valkey' / 'valkey.sock'}"
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # however long the broker is away, a worker waits for it
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_SOFT_TIME_LIMIT = 1500
CELERY_TASK_TIME_LIMIT = 1800  # below the visibility timeout, or the broker hands a healthy task out twice
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
JOB_QUEUES = ("default", "mail", "import", "pdf", "assessment")  # a worker listens on all, unless told otherwise by -Q
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = [Queue(name) for name in JOB_QUEUES]
CELERY_BEAT_SCHEDULE = {"tick": {"task": "core.tasks.tick", "schedule": 10.0}}

# ---- sign-in ---------------------------------------------------------------------------------
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", default=False)
AUTHENTICATION_BACKENDS = ["dealers.backends.ActorBackend"]
PASSWORD_HASHERS = ["dealers.hashers.TunedArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "dealers.passwords.MaximumLengthValidator", "OPTIONS": {"max_length": 128}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email", "mobile")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = 60 * 60
MOBILE_COUNTRY_CODE = env.str("MOBILE_COUNTRY_CODE", default="+86")  # for numbers typed without one
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "dealers.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone"]  # nobody signs up; allauth wants to know what an account has
ACCOUNT_EMAIL_VERIFICATION = "none"  # the invitation proved the address
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "dealers.passwords.ResetTokens"  # noqa: S105  (a class)
ACCOUNT_FORMS = {
    "login": "dealers.forms.account.SignInForm",
    "change_password": "dealers.forms.account.ChangeForm",
    "reset_password": "dealers.forms.account.ResetForm",
    "reset_password_from_key": "dealers.forms.account.ResetKeyForm",
}
# A window slides: whoever keeps off for five minutes is let in again. `key` is the account, or the known device.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/5m/ip,8/5m/key",
    "login_failed_anywhere": "300/5m/key",
    "reset_password": "20/5m/ip,3/5m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "accept_invitation": "20/m/ip",
    "check_authorisation": "20/m/ip",
    "apply_begin": "20/h/ip",  # applications begun, which leave a letter each
    "apply_page": "300/5m/ip",  # pages behind an applicant's link: a secret is not found by trying
    "apply_file": "60/5m/ip",
    "apply_link": "10/h/ip,3/h/key",  # letters with links, by the address that is asked for
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_TLS_PROXY else 0  # X-Forwarded-For is anybody's word otherwise
MFA_ADAPTER = "dealers.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = f"{MANUFACTURER_NAME} Entente"
MFA_TOTP_TOLERANCE = 1  # telephones' clocks differ; a used code is refused over the whole span (dealers.forms.account)
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "dealers.forms.account.CodeForm",
    "reauthenticate": "dealers.forms.account.ConfirmByCodeForm",
    "activate_totp": "dealers.forms.account.SetUpForm",
}
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=not DEBUG)
CACHES = {
    "default": {"BACKEND": "core.cache.PostgresCache"}
}  # throttle counters and used codes; nothing else is cached
SESSION_ENGINE = "dealers.sessions"
DEVICE_COOKIE_NAME = "__Host-device" if USES_HTTPS else "entente_device"
SESSION_COOKIE_NAME = "__Host-session" if USES_HTTPS else "entente_session"
SESSION_COOKIE_SECURE = USES_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60  # the absolute end; the idle end is shorter and by audience
CSRF_COOKIE_NAME = "__Host-csrf" if USES_HTTPS else "entente_csrf"
CSRF_COOKIE_SECURE = USES_HTTPS
CSRF_COOKIE_HTTPONLY = True

# ---- headers ---------------------------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
SECURE_SSL_REDIRECT = USES_HTTPS and not DEBUG
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if USES_HTTPS and not DEBUG else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if BEHIND_TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ---- language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
LANGUAGE_COOKIE_NAME = "entente_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
BUSINESS_TIME_ZONE = env.str("BUSINESS_TIME_ZONE", default="UTC")
ESCALATION_WORKING_DAYS = env.int("ESCALATION_WORKING_DAYS", default=5)  # then a decision goes one up
FISCAL_YEAR_FIRST_MONTH = env.int("FISCAL_YEAR_FIRST_MONTH", default=1)

# ---- files -----------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "files")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "core.static_urls.WorkingFiles" if DEBUG else "core.static_urls.CollectedFiles"},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_HANDLERS = [
    "core.files.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o600
UPLOAD_LIMIT_BYTES = env.int("UPLOAD_LIMIT_MB", default=20) * 1024 * 1024

# ---- logs ------------------------------------------------------------------------------------
LOGGING = logs.configuration(for_people=DEBUG)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# ---- mail ------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Entente <portal@localhost>")
_mail = env.email_url_config(env.str("EMAIL_URL", default="filemail:///" if DEBUG else "consolemail://"))
MAILERS = {"default": {"BACKEND": _mail["EMAIL_BACKEND"], "OPTIONS": {}}}
if "file" in _mail["EMAIL_BACKEND"]:
    MAILERS["default"]["OPTIONS"] = {"file_path": str(VAR_DIR / "mail")}
elif "smtp" in _mail["EMAIL_BACKEND"]:
    MAILERS["default"]["OPTIONS"] = {
        "host": _mail["EMAIL_HOST"],
        "port": _mail["EMAIL_PORT"] or 25,
        "username": _mail["EMAIL_HOST_USER"] or "",
        "password": _mail["EMAIL_HOST_PASSWORD"] or "",
        "use_tls": bool(_mail.get("EMAIL_USE_TLS")),
        "use_ssl": bool(_mail.get("EMAIL_USE_SSL")),
        "timeout": env.int("EMAIL_TIMEOUT", default=20),  # seconds of silence: then the server counts as away
    }

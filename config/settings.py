"""Settings of Mulin: one file, read from the environment, with safe defaults.

`MULIN_ENV` is `production` (default), `demo` or `test`. Production refuses to boot with a demo secret, DEBUG, a superuser
database role or a missing policy (`tenancy/checks.py`, `config/checks.py`).
"""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()

MULIN_ENV = env.str("MULIN_ENV", default="production")
if MULIN_ENV not in {"production", "demo", "test"}:
    raise ImproperlyConfigured("MULIN_ENV must be production, demo or test")
IS_PRODUCTION = MULIN_ENV == "production"
# Faults are tried with processes whose clocks differ; law and order go by one.
CLOCK_SHIFT = timedelta(seconds=env.int("MULIN_CLOCK_SHIFT", default=0))
if IS_PRODUCTION and CLOCK_SHIFT:
    raise ImproperlyConfigured("MULIN_CLOCK_SHIFT moves the clock, which production does not allow")
VAR = Path(env.str("MULIN_VAR", default=str(ROOT / "var")))

DEBUG = env.bool("MULIN_DEBUG", default=False)
DEMO_SECRET = "demo-only-not-a-secret-" + "0" * 40
SECRET_KEY = env.str("MULIN_SECRET_KEY", default="" if IS_PRODUCTION else DEMO_SECRET)
SECRET_KEY_FALLBACKS = env.list("MULIN_SECRET_KEY_FALLBACKS", default=[])
if not SECRET_KEY:
    raise ImproperlyConfigured("MULIN_SECRET_KEY is not set")
ALLOWED_HOSTS = env.list("MULIN_ALLOWED_HOSTS", default=[] if IS_PRODUCTION else ["127.0.0.1", "localhost", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("MULIN_TRUSTED_ORIGINS", default=[])
MULIN_PUBLIC_URL = env.str("MULIN_PUBLIC_URL", default="http://127.0.0.1:8000")
MULIN_OPEN311 = env.bool("MULIN_OPEN311", default=not IS_PRODUCTION)  # shows public tickets to everybody: to be decided
MULIN_EXCHANGE_HOSTS = env.list("MULIN_EXCHANGE_HOSTS", default=[])
MULIN_OPEN311_CONTACT = env.str("MULIN_OPEN311_CONTACT", default="")


def embedded(key: str) -> str:
    """An address of the embedded services, or "" when they have never been started."""
    try:
        found = json.loads((VAR / "services.json").read_text())
    except FileNotFoundError:
        return ""
    return str(found.get(key, ""))


OWNER_ROLE = env.str("MULIN_DB_ROLE", default="app") == "owner"
_app_url = env.str("DATABASE_URL", default="") or embedded("app_url")
_owner_url = env.str("MULIN_OWNER_DATABASE_URL", default="") or embedded("owner_url")
_database_url = (_owner_url if OWNER_ROLE else _app_url) or _app_url
if not _database_url:
    raise ImproperlyConfigured("No database: set DATABASE_URL, or start the embedded services with `make demo`")
DATABASES: dict[str, Any] = {
    "default": {
        **environ.Env.db_url_config(_database_url),
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # A request must not wait on a lock for ever; a statement must not run for ever.
            "options": "-c lock_timeout=10000 -c idle_in_transaction_session_timeout=120000"
            + ("" if OWNER_ROLE else " -c statement_timeout=30000"),
        },
    }
}
OWNER_DATABASE_URL = _owner_url
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

VALKEY_URL = env.str("VALKEY_URL", default="") or embedded("valkey_url") or "redis://127.0.0.1:6379/0"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_standardized_errors",
    "guardian",
    "pgtrigger",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "csp",
    "config",
    "dashboards",
    "enforcement",
    "projects",
    "complaints",
    "communities",
    "notices",
    "files",
    "people",
    "audit",
    "tenancy",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.CompressPagesMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.RequestIdMiddleware",
    "config.middleware.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.DisplayLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "people.middleware.ScopeMiddleware",
    "people.duties.DutiesMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["config.components"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "config.context.page",
            ],
        },
    }
]

# People and sign-in
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "people.backends.NameOrPhoneBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "people.forms.sign_in.LoginForm",
    "reauthenticate": "people.forms.sign_in.ReauthenticateForm",
    "change_password": "people.forms.sign_in.ChangePasswordForm",
}
# A whole government building may come from one address at half past eight.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Mulin"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_ADAPTER = "people.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "people.forms.sign_in.AuthenticateForm",
    "reauthenticate": "people.forms.sign_in.ReauthenticateByCodeForm",
    "activate_totp": "people.forms.sign_in.ActivateTOTPForm",
}
STAFF_SECOND_FACTOR_REQUIRED = env.bool("MULIN_STAFF_SECOND_FACTOR", default=IS_PRODUCTION)
USERSESSIONS_TRACK_ACTIVITY = False
AXES_FAILURE_LIMIT = env.int("MULIN_LOGIN_TRIES", default=5)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "people.lockout.locked_out"
AXES_USERNAME_CALLABLE = "people.lockout.account_tried"
AXES_CLIENT_IP_CALLABLE = "people.lockout.client_address"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # knocking on does not lengthen the wait
AXES_DISABLE_ACCESS_LOG = True  # sign-ins stand in the record
AXES_SENSITIVE_PARAMETERS = ["csrfmiddlewaretoken"]
AXES_VERBOSE = False
GUARDIAN_MONKEY_PATCH_USER = False
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # rules live in `permissions`, not in an authentication backend
GUARDIAN_GET_INIT_ANONYMOUS_USER = "people.models.anonymous_user_instance"
ANONYMOUS_USER_NAME = None
AUTHENTICATION_TOKEN_DAYS = 30

# Sessions, cookies, headers
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SECURE_COOKIES = env.bool("MULIN_SECURE_COOKIES", default=IS_PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_NAME = "__Host-mulin" if SECURE_COOKIES else "mulin"
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_COOKIES
SECURE_SSL_REDIRECT = env.bool("MULIN_SSL_REDIRECT", default=IS_PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if env.bool("MULIN_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the second factor's QR code
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "connect-src": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
DATA_UPLOAD_MAX_NUMBER_FILES = 12
FILE_UPLOAD_HANDLERS = [
    "files.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Words and times
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Files
STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = VAR / "static"
for folder in (ROOT / "static", STATIC_ROOT):  # both are made by the build; until then they are empty, not missing
    folder.mkdir(parents=True, exist_ok=True)
_MEDIA = VAR / "test" / "media" if MULIN_ENV == "test" else VAR / "media"  # tests and demo do not clear each other's photos
MULIN_MEDIA_ROOT = Path(env.str("MULIN_MEDIA_ROOT", default=str(_MEDIA)))
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(MULIN_MEDIA_ROOT)},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MULIN_ENV == "test" or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MULIN_ENV == "test" or DEBUG

# Mail: shown on the console unless a server is named
EMAIL_BACKEND = env.str("MULIN_EMAIL_BACKEND", default="django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env.str("MULIN_EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("MULIN_EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("MULIN_EMAIL_USER", default="")
EMAIL_HOST_PASSWORD = env.str("MULIN_EMAIL_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("MULIN_EMAIL_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("MULIN_EMAIL_FROM", default="mulin@localhost")

# Cache: throttles only; losing it loses nothing but counters
CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingValkeyCache",
        "LOCATION": VALKEY_URL,
        "KEY_PREFIX": "mulin",
        "OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 0.5},
    }
}

# API
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "people.api.authentication.TokenAuthentication",
        "people.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["people.api.authentication.SignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["tenancy.api.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "tenancy.api.schema.Schema",
    "EXCEPTION_HANDLER": "config.api_errors.api_exception_handler",
    # Per person (per address without one) and kind of request; an empty rate means none, for measuring.
    "DEFAULT_THROTTLE_RATES": {
        "token": env.str("MULIN_THROTTLE_TOKEN", default="20/min"),
        "filing": env.str("MULIN_THROTTLE_FILING", default="60/min"),
        "acting": env.str("MULIN_THROTTLE_ACTING", default="240/min"),
        "tracking": env.str("MULIN_THROTTLE_TRACKING", default="60/min"),
        "field": env.str("MULIN_THROTTLE_FIELD", default="600/min"),
    },
    "NUM_PROXIES": env.int("MULIN_PROXIES", default=0),
    "UNAUTHENTICATED_USER": None,
}
REST_KNOX = {"TOKEN_TTL": None, "AUTH_HEADER_PREFIX": "Token", "TOKEN_MODEL": "knox.AuthToken"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Mulin 睦邻 API",
    "DESCRIPTION": "Tickets (诉求工单) of residential compounds. A foreign id is 404, like an absent one.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "TicketState": "complaints.states.State",
        "TicketChannel": "complaints.states.Channel",
        "EventKind": "complaints.states.EventKind",
        "PhotoKind": "complaints.states.PhotoKind",
        "CompoundKind": "communities.models.CompoundKind",
        "ResidencyKind": "communities.models.ResidencyKind",
        "ClaimState": "communities.models.ClaimState",
        "Level": "tenancy.areas.Level",
        "Role": "people.roles.Role",
        "RefusalType": "tenancy.api.schema.TYPES",
        "FilingChannel": "complaints.api.serializers.FILING_CHANNELS",
        "ClockState": "complaints.api.serializers.CLOCK_STATES",
    },
}

# Celery: the row is the job, a message is only a bell (docs/architecture.md)
CELERY_BROKER_URL = VALKEY_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 60, 90
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "unacked_mutex_expire": 30,
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "retry_on_timeout": True,
    "global_keyprefix": "mulin:",
    "queue_order_strategy": "priority",
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_MAX_TASKS_PER_CHILD = 5000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
# Learning from confirmed tickets (own): how often at most, and how few held-back tickets can judge a new version.
LEARN_EVERY_DAYS = env.int("MULIN_LEARN_DAYS", default=7)
LEARN_FEWEST_HELD_BACK = env.int("MULIN_LEARN_FEWEST", default=50)
# Lists taken out of the desk (own): the longest, and for how many hours the file can be fetched.
EXPORT_MOST_ROWS = env.int("MULIN_EXPORT_ROWS", default=200_000)
EXPORT_HOURS = env.int("MULIN_EXPORT_HOURS", default=24)
SWEEP_SECONDS = env.int("MULIN_SWEEP_SECONDS", default=15)
VISIT_GAP_DAYS = env.int("MULIN_VISIT_GAP_DAYS", default=90)
"""A compound is not visited twice within so many days without a reason. 综合查一次 (国办发〔2024〕54号) names no number: own."""
CONSULTATION_DAYS = env.int("MULIN_CONSULTATION_DAYS", default=7)
"""Calendar days in which a question of law is answered; a last day on which offices are closed moves on (own)."""

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("MULIN_LOG_LEVEL", default="INFO")},
    "loggers": {"axes": {"level": "WARNING"}, "django.server": {"level": "WARNING"}},
}

if MULIN_ENV == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    AXES_ENABLED = os.environ.get("MULIN_TEST_AXES", "1") == "1"

"""Every setting of an installation. Safe for production unless DEBUG, the demo or the tests say otherwise.

Three homes for a value: installation here, studio policy in the database, ethics in code.
"""

import re
from pathlib import Path

import django_include_bootstrap
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from clearance.config import localdb

ROOT = Path(__file__).resolve().parents[2]
env = environ.Env()

DEMO = env.bool("CLEARANCE_DEMO", False)
TESTING = env.bool("CLEARANCE_TESTING", False)
DEBUG = env.bool("DEBUG", False)
LOCAL = DEMO or TESTING or DEBUG

SECRET_KEY = env("SECRET_KEY", default="") or ("only-for-demo-development-and-tests" * 2 if LOCAL else "")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured(
        "Set SECRET_KEY to at least 50 random characters. `manage.py demo` and DEBUG=1 bring their own."
    )
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if LOCAL else [])
# The beginning of every link in a mail.
SITE_URL = env("SITE_URL", default="").rstrip("/") or (
    "http://localhost:8000" if LOCAL else f"https://{ALLOWED_HOSTS[0]}" if ALLOWED_HOSTS else ""
)
if not re.fullmatch(r"https?://[\w\[][\w.:\]-]*", SITE_URL):
    raise ImproperlyConfigured("Set SITE_URL to the address of this site, as https://clearance.example.org.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

DATABASE_URL = env("DATABASE_URL", default="") or localdb.url(ROOT / "var", durable=not TESTING)
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if not DATABASES["default"]["ENGINE"].endswith("postgresql"):
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database: it is the only one supported.")
DATABASES["default"] |= {"CONN_MAX_AGE": 0 if TESTING else 600, "CONN_HEALTH_CHECKS": True}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "lucide",
    "pgtrigger",
    "pghistory",
    "clearance.audit",
    "clearance.exercises",
    "clearance.people",
    "clearance.injuries",
    "clearance.checkins",
    "clearance.decisions",
    "clearance.gate",
    "clearance.programs",
    "clearance.notices",
    "clearance.pages",
    "clearance.config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "clearance.pages.middleware.refuse_nul_bytes",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clearance.pages.middleware.who_is_it",
    "clearance.pages.middleware.AnswerRefusals",
]
ROOT_URLCONF = "clearance.config.urls"
WSGI_APPLICATION = "clearance.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clearance.pages.context.frame",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
# A page of text pasted by mistake is answered beside its field, so it has to arrive first.
DATA_UPLOAD_MAX_MEMORY_SIZE = 15_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3_000
# Papers of the accepted size are cleaned without having been on a disk first.
FILE_UPLOAD_MAX_MEMORY_SIZE = 11 * 1024 * 1024

STATIC_URL = "/static/"
COLLECTED = DEMO or not LOCAL
STATIC_ROOT = (ROOT / "var" / "static" if DEMO else ROOT / "staticfiles") if COLLECTED else None
BOOTSTRAP = Path(django_include_bootstrap.__file__).parent / "static"
STATICFILES_DIRS = [ROOT / "static", ("bootstrap", BOOTSTRAP)]
STATICFILES = (
    "whitenoise.storage.CompressedManifestStaticFilesStorage"
    if COLLECTED
    else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
# What physicians send on paper. Never below STATIC_ROOT, and with no address of its own: a scoped page serves it.
FILES = ROOT / "var" / "demo-files" if DEMO else Path(env("FILES_DIR", default=str(ROOT / "var" / "files")))
ON_DISK = "django.core.files.storage.FileSystemStorage"
STORAGES = {
    "default": {"BACKEND": ON_DISK},
    "papers": {"BACKEND": ON_DISK, "OPTIONS": {"location": FILES, "base_url": None, "file_permissions_mode": 0o600}},
    "staticfiles": {"BACKEND": STATICFILES},
}
WHITENOISE_USE_FINDERS = not COLLECTED

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
SESSION_COOKIE_AGE = 60 * 60 * 12

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    }
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "clearance.pages.accounts.StaffAreInvited"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Clearance: "
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Clearance"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL

DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("MAIL_FROM", default="clearance@localhost")
# A mail server that says nothing holds up whoever waits for it.
EMAIL_TIMEOUT = 20
OUTBOX = ROOT / "var" / "outbox"
if DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = OUTBOX
elif LOCAL and not env("EMAIL_URL", default=""):
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
else:
    vars().update(env.email_url_config(env("EMAIL_URL", default="smtp://localhost:25")))

SECURE = not LOCAL
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE and env.bool("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
if env.bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"tokens": {"()": "clearance.config.logs.HideTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["tokens"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
DEMO_PASSWORD = env("DEMO_PASSWORD", default="")

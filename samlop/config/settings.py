"""One settings file; every difference between places comes from the environment.

A missing setting stops the start. docs/running.md lists all of them.
"""

from pathlib import Path

import pghistory
from csp.constants import NONE, SELF

from samlop.config import environment

PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = environment.text("SAMLOP_SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = environment.words("SAMLOP_ALLOWED_HOSTS")

# The example portfolio with its people and the page «Logg inn som …».
SAMLOP_EXAMPLE = environment.flag("SAMLOP_EXAMPLE", default=False)
# Served over https, by us or by a proxy in front. Only a local run turns it off.
SAMLOP_HTTPS = environment.flag("SAMLOP_HTTPS", default=True)

# Where people find Samløp: what the links in mails begin with.
SAMLOP_ADDRESS = environment.text(
    "SAMLOP_ADDRESS", f"{'https' if SAMLOP_HTTPS else 'http'}://{ALLOWED_HOSTS[0]}/"
)
# Without a mail server messages wait; in the example none is ever sent.
SAMLOP_SMTP = environment.smtp("SAMLOP_SMTP_URL")
SAMLOP_MAIL_FROM = environment.text(
    "SAMLOP_MAIL_FROM", f"Samløp <ikke-svar@{ALLOWED_HOSTS[0].partition(':')[0]}>"
)
# Each app that sends mail lists its kinds in such a module.
SAMLOP_MAIL_KINDS = [
    "samlop.messages.services.mails",
    "samlop.portfolio.services.material_mails",
    "samlop.portfolio.services.readiness_mails",
    "samlop.uptake.services.watch_mails",
    "samlop.rollouts.services.answer_mails",
    "samlop.rollouts.services.change_mails",
    "samlop.rollouts.services.evaluation_mails",
    "samlop.rollouts.services.follow_mails",
    "samlop.rollouts.services.help_mails",
    "samlop.rollouts.services.invitation_mails",
]

# Ways in beside the code by mail: Ansattporten, or the Entra tenants of municipalities.
SAMLOP_OIDC = environment.issuers("SAMLOP_OIDC")

# The operator's own accessibility statement at uustatus.no, once it is published.
SAMLOP_ACCESSIBILITY_STATEMENT = environment.text("SAMLOP_ACCESSIBILITY_STATEMENT", "")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "pgtrigger",
    "pghistory",
    # Before procrastinate, whose worker it keeps from starting where it should not.
    "samlop.web",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "samlop.db",
    "samlop.audit",
    "samlop.municipalities",
    "samlop.accounts",
    "samlop.files",
    "samlop.messages",
    "samlop.governance",
    "samlop.portfolio",
    "samlop.uptake",
    "samlop.rollouts",
    "samlop.example",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # After who it is: a person has a language.
    "samlop.web.language.language_middleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "samlop.web.middleware.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "samlop.config.urls"
WSGI_APPLICATION = "samlop.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "samlop.web.environment.environment",
            "context_processors": ["samlop.web.context.shell"],
        },
    },
    # allauth's own pages until we have drawn ours.
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": environment.database("DATABASE_URL")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "samlop.web.accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "request_login_code": "samlop.web.accounts.forms.AskForCodeForm",
    "confirm_login_code": "samlop.web.accounts.forms.CodeForm",
    "login": "samlop.web.accounts.forms.PasswordLoginForm",
    "reauthenticate": "samlop.web.accounts.forms.ConfirmPasswordForm",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# How long a session lasts is the adapter's matter.
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_EMAIL_NOTIFICATIONS = True
# The adapter answers for unknown addresses, and sends nothing.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
# Which identity providers there are is told by SAMLOP_OIDC alone, never by a table.
SOCIALACCOUNT_ADAPTER = "samlop.web.accounts.issuers.SocialAdapter"
MFA_ADAPTER = "samlop.web.accounts.adapter.MfaAdapter"
MFA_FORMS = {
    "authenticate": "samlop.web.accounts.forms.AppCodeForm",
    "reauthenticate": "samlop.web.accounts.forms.ConfirmAppCodeForm",
    "activate_totp": "samlop.web.accounts.forms.ActivateAppForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SAMLOP_HTTPS
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Samløp"
MFA_TOTP_TOLERANCE = 1
# Rate limits count per browser's address: behind a proxy it is in X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = int(environment.text("SAMLOP_PROXIES", "1" if SAMLOP_HTTPS else "0"))
# Whoever administers or acts nationally signs in with two factors.
SAMLOP_SECOND_FACTOR = not SAMLOP_EXAMPLE

# Rate limits must hold across web processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "samlop_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}

# For a borrowed machine; on one's own the adapter makes it thirty days.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# With this prefix browsers take the cookie from us alone: over https, for the whole host, and
# never from a neighbouring subdomain.
SESSION_COOKIE_NAME = "__Host-sessionid" if SAMLOP_HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if SAMLOP_HTTPS else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SAMLOP_HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
SECURE_SSL_REDIRECT = SAMLOP_HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SAMLOP_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SAMLOP_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SAMLOP_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "samlop.web.shell.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Designsystemet's icons are data: pictures inside its style sheet.
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Oslo"
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = environment.text("SAMLOP_STATIC_ROOT", str(PACKAGE.parent / ".data" / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 60 * 60

# Row history may never be changed or thrown away, not even by us.
PGHISTORY_APPEND_ONLY = True
PGHISTORY_DEFAULT_TRACKERS = (
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
)
PGHISTORY_ADMIN_ALL_EVENTS = False
PGTRIGGER_INSTALL_ON_MIGRATE = False
PROCRASTINATE_ON_APP_READY = None

# Uploaded municipality lists are well under this; larger files are another app's matter.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_HANDLERS = [
    "samlop.web.uploads.LimitedUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "samlop.lib.log_lines.Formatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS: list[str] = []

"""Settings, from the environment alone (django-environ).

Without SECRET_KEY, DATABASE_URL and ENCRYPTION_KEYS nothing starts. A trial's values are made by
`manage.py up` and live in its folder (trial/folder.py); every other installation names them.
"""

from pathlib import Path

from csp.constants import NONE, SELF
from django.contrib.messages.constants import ERROR, SUCCESS, WARNING
from django.core.exceptions import ImproperlyConfigured

from core.encryption import parse_keys
from core.logs import configure_logging
from core.tracing import configure_tracing
from pmconsole.environment import (
    database,
    env,
    host_of,
    log_level,
    mail_address,
    networks,
    redis_url,
    required,
    time_zone,
    whole_number,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# --- What must be named -------------------------------------------------------------------------
SECRET_KEY = required("SECRET_KEY")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY is too short: use at least 32 random characters.")
DATABASES = {"default": database("DATABASE_URL")}
ENCRYPTION_KEYS = parse_keys(required("ENCRYPTION_KEYS"))

# --- Where we are -------------------------------------------------------------------------------
TRIAL = env.bool("PMCONSOLE_TRIAL", default=False)  # set by `manage.py up` alone
TRIAL_FOLDER = env.path("PMCONSOLE_TRIAL_FOLDER", default=str(BASE_DIR / "trial-data"))
DEBUG = False
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[host_of(PUBLIC_URL), "localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "core",
    "core.people",
    "core.audit",
    "core.alerts",
    "core.keys",
    "core.advanced",
    "core.heartbeats",
    "core.backup",
    "items",
    "foreign_systems",
    "approvals",
    "actions",
    "policies",
    "agents",
    "tasks",
    "console",
    "trial",
]

MIDDLEWARE = [
    "console.health.middleware.watched",
    "core.logs.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "agents.middleware.agents_apart",  # what follows is for people: pages, sessions, forms
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.CompressedPages",
    "core.middleware.utf8_only",
    "core.middleware.no_store",
    "csp.middleware.CSPMiddleware",
    "core.people.sessions.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.in_persons_zone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "console.people.required_factor.FactorFirst",
    "items.proposals.middleware.Drafting",
]

ROOT_URLCONF = "pmconsole.urls"
ASGI_APPLICATION = "pmconsole.asgi.application"
WSGI_APPLICATION = "pmconsole.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "console.navigation.navigation",
            ],
        },
    }
]
# The tones of components/notice.html; "info" is called so in both.
MESSAGE_TAGS = {SUCCESS: "good", WARNING: "wait", ERROR: "bad"}
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database -----------------------------------------------------------------------------------
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets readers go on while one writes; IMMEDIATE makes a writer wait at BEGIN, not fail
    # at its first write.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # Tests use a file too: a database in memory knows no WAL, so threads would lock each other out.
    DATABASES["default"]["TEST"] = {"NAME": f"{DATABASES['default']['NAME']}.test"}
else:
    DATABASES["default"]["ENGINE"] = "core.postgresql"
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: cache, wake-up, Celery's broker -----------------------------------------------------
REDIS_URL = redis_url("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "core.cache.ResilientCache",
        "LOCATION": REDIS_URL,
        # A hanging Redis shall not hang the requests whose rate it limits.
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
}
# Celery and redis-py write a Unix socket's address in two ways, and each refuses the other's.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace(
    "?db=", "?virtual_host="
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "approvals.tasks.sweep", "schedule": 5.0},
    "deliver-events": {"task": "foreign_systems.tasks.deliver_events", "schedule": 5.0},
    "forget": {"task": "agents.tasks.forget", "schedule": 300.0},
    "watch-policies": {"task": "policies.tasks.watch", "schedule": 60.0},
    "expire-proposals": {"task": "items.tasks.expire_proposals", "schedule": 60.0},
    "forget-uploads": {"task": "items.tasks.forget_uploads", "schedule": 900.0},
    "run-due": {"task": "tasks.tasks.run_due", "schedule": 5.0},
    "anchor-audit": {"task": "tasks.tasks.anchor_audit", "schedule": 900.0},
}

# --- People -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["core.people.backend.OneLook"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "core.people.own_words.OwnWordsValidator"},
]
# Names that everybody in the organization would try first; those of our own addresses go without saying.
PASSWORD_WORDS = tuple(env.list("PASSWORD_WORDS", default=[]))
PASSWORD_RESET_TIMEOUT = 24 * 3600  # seconds that a link to set a password works
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "core.people.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "name"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# Failed sign-ins are counted by core/people/attempts.py: by person and address together.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": None}
MFA_ADAPTER = "console.people.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {"authenticate": "console.people.second_factor.CodeForm"}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_DIGITS = 10
MFA_TOTP_ISSUER = "pmconsole"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds that a clock may be off
SESSION_COOKIE_AGE = 12 * 3600  # seconds after the password was entered
SESSION_ENGINE = "core.people.sessions"

# --- Mail ---------------------------------------------------------------------------------------
REPLY_ADDRESS = mail_address("REPLY_ADDRESS", "reply@pm.example.com")
SMTP_URL = env.str("SMTP_URL", default="")
MAILBOX_URL = env.str("MAILBOX_URL", default="")
# The servers whose Authentication-Results we believe, as they write their names (RFC 8601).
AUTHSERV_IDS = tuple(env.list("AUTHSERV_IDS", default=[]))
# Hosts that may hand us mail, as networks; "+" before one says that it verifies senders.
LISTENER_PEERS = networks("LISTENER_PEERS", ["127.0.0.1/32"], plus=True)
# Files in PEM form, with which the listener offers STARTTLS.
LISTENER_TLS_CERTIFICATE = env.str("LISTENER_TLS_CERTIFICATE", default="")
LISTENER_TLS_KEY = env.str("LISTENER_TLS_KEY", default="")
# What the listener takes of one host; 0: no limit.
LISTENER_CONNECTIONS_PER_MINUTE = whole_number("LISTENER_CONNECTIONS_PER_MINUTE", 600)
LISTENER_MESSAGES_PER_MINUTE = whole_number("LISTENER_MESSAGES_PER_MINUTE", 1200)
REAL_MAIL = env.bool("PMCONSOLE_REAL_MAIL", default=not TRIAL)

# --- Audit --------------------------------------------------------------------------------------
# Where the audit trail's signed head is appended once a day; best on another machine's disk.
AUDIT_ANCHOR_FILE = env.str("AUDIT_ANCHOR_FILE", default="")

# --- Security -----------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
# A browser takes such a cookie from this very host alone, and never without TLS.
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
# How many proxies stand before us: the client's address is taken that far from the right of
# X-Forwarded-For, so that nobody chooses his own for the rate limits.
TRUSTED_PROXIES = whole_number("TRUSTED_PROXIES", 0)
# Without a proxy of ours anybody could write this header.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and TRUSTED_PROXIES else None
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# --- Words and time -----------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "pmconsole.formats"
USE_I18N = False
USE_TZ = True
TIME_ZONE = time_zone("TIME_ZONE")

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
if TRIAL:  # serves the files as they lie
    STATIC_ROOT = None
    WHITENOISE_USE_FINDERS = True
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
else:  # `collectstatic` compresses them and puts their hash into their names: browsers keep them
    STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
    WHITENOISE_KEEP_ONLY_HASHED_FILES = True
    STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}

# Who may read /metrics: these networks, and whoever has the token, if one is set.
METRICS_PEERS = networks("METRICS_PEERS", ["127.0.0.0/8", "::1/128"])
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
if 0 < len(METRICS_TOKEN) < 16:
    raise ImproperlyConfigured("METRICS_TOKEN is too short: use at least 16 random characters.")

LOGGING_CONFIG = None
configure_logging(level=log_level("LOG_LEVEL"), as_json=env.bool("LOG_JSON", default=not TRIAL))
# The collector that traces are sent to; OpenTelemetry's SDK reads it and OTEL_… by itself.
configure_tracing(env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default=""))

"""Signing in and the account. allauth finds its pages by names outside any namespace."""

from allauth.account import views as allauth_account
from allauth.mfa.base import views as allauth_mfa
from allauth.mfa.webauthn import views as allauth_webauthn
from django.urls import include, path

from samlop.web.accounts import issuer_views, own_views, views

own = (
    [
        path("", own_views.account, name="show"),
        path("sprak/", own_views.language, name="language"),
        path("meldinger/", own_views.wishes, name="wishes"),
        path("passord/", own_views.password, name="password"),
        path("okter/avslutt/", own_views.end_sessions, name="end_sessions"),
        path("data/", own_views.own_data, name="own_data"),
        path("representerer/", issuer_views.represent, name="represent"),
        path("innlogginger/<slug:provider_id>/", issuer_views.tie, name="tie"),
        path("innlogginger/<slug:provider_id>/fjern/", issuer_views.untie, name="untie"),
        path("to-trinn/", own_views.second_factor_page, name="second_factor"),
    ],
    "account",
)

urlpatterns = [
    path("logg-inn-som/", views.sign_in_as, name="sign_in_as"),
    path("konto/", include(own)),
    path("konto/logg-inn/", views.sign_in, name="account_login"),
    path("konto/logg-inn/", views.sign_in, name="account_request_login_code"),
    path("konto/kode/", allauth_account.confirm_login_code, name="account_confirm_login_code"),
    path("konto/logg-inn/passord/", views.sign_in_by_password, name="password_login"),
    path("konto/logg-inn/passnokkel/", allauth_webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("konto/logg-inn/med/<slug:provider_id>/", issuer_views.begin, name="openid_connect_login"),
    path(
        "konto/logg-inn/med/<slug:provider_id>/tilbake/",
        issuer_views.returned,
        name="openid_connect_callback",
    ),
    path("konto/logg-inn/app/", allauth_mfa.authenticate, name="mfa_authenticate"),
    path("konto/logg-ut/", views.sign_out, name="account_logout"),
    path("konto/ny/", views.sign_up, name="account_signup"),
    path("konto/stengt/", views.inactive, name="account_inactive"),
    path("konto/bekreft/", allauth_account.reauthenticate, name="account_reauthenticate"),
    path("konto/bekreft/app/", allauth_mfa.reauthenticate, name="mfa_reauthenticate"),
    path(
        "konto/bekreft/passnokkel/",
        allauth_webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("konto/app/", own_views.activate_app, name="mfa_activate_totp"),
    path("konto/app/slett/", own_views.deactivate_app, name="mfa_deactivate_totp"),
    path("konto/reservekoder/", own_views.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "konto/reservekoder/nye/", own_views.new_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path("konto/passnokler/", own_views.to_account, name="mfa_index"),
    path("konto/passnokler/", own_views.to_account, name="mfa_list_webauthn"),
    path("konto/passnokler/ny/", own_views.add_passkey, name="mfa_add_webauthn"),
    path(
        "konto/passnokler/<int:pk>/fjern/",
        own_views.remove_passkey,
        name="mfa_remove_webauthn",
    ),
]

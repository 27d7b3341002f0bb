"""Identity providers as allauth meets them: set up by the environment, checked by our own rules.

allauth starts the round trip (state, PKCE) and fetches the token; what the token says is checked
here every time, because a browser can change what was asked for on the way out.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.parse import urlsplit

import jwt
import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, QueryDict
from django.utils.crypto import get_random_string, salted_hmac

from samlop.accounts import texts
from samlop.accounts.rules import tokens
from samlop.accounts.rules.tokens import TENANT, Claims, Issuer, IssuerKind, TokenRefusal
from samlop.lib.errors import Refused

log = logging.getLogger(__name__)

# Keys that the issuer alone holds; never one that both sides know.
ALGORITHMS: Final = ("RS256", "PS256", "ES256")
ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
CONFIGURATION_LASTS: Final = 10 * 60
# Clocks differ.
LEEWAY: Final = 60


class NotLetIn(Refused):
    """Somebody who came back from an identity provider and is not let in."""

    def __init__(self, refusal: TokenRefusal, issuer: Issuer) -> None:
        super().__init__(str(texts.TOKEN_REFUSALS[refusal]) % {"issuer": issuer.name})
        self.refusal = refusal


def find(key: str) -> Issuer:
    """Raises Http404 for one that is not set up."""
    issuers: tuple[Issuer, ...] = settings.SAMLOP_OIDC
    found = next((one for one in issuers if one.key == key), None)
    if found is None:
        raise Http404
    return found


def fingerprint(claims: Claims, issuer: Issuer) -> str:
    """Who it is at the issuer, the same every time and of no use to anybody else."""
    said = claims.get(issuer.identity)
    if not isinstance(said, str) or not said:
        log.warning("%s told no %s", issuer.key, issuer.identity)
        raise NotLetIn(TokenRefusal.UNUSABLE, issuer)
    return salted_hmac("samlop.issuer", f"{claims['iss']}\n{said}", algorithm="sha256").hexdigest()


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Nobody signs up, and no table adds a provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        return [
            SocialApp(
                provider=OpenIDConnectProvider.id,
                provider_id=issuer.key,
                name=issuer.name,
                client_id=issuer.client_id,
                secret=issuer.secret,
                settings={"server_url": issuer.issuer, "oauth_pkce_enabled": True},
            )
            for issuer in settings.SAMLOP_OIDC
            if provider in (None, OpenIDConnectProvider.id, issuer.key)
            and client_id in (None, issuer.client_id)
        ]


class RoundTrip(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """One request's part of the way to the issuer and back. Every failure is NotLetIn."""

    def __init__(self, request: HttpRequest, issuer: Issuer) -> None:
        super().__init__(request, issuer.key)
        self.issuer = issuer

    def away(self, process: str, *, next_address: str = "", person: int | None = None) -> str:
        """Where to send the browser. What is asked for there is checked when it comes back."""
        nonce = get_random_string(32)
        provider = self.get_provider()
        provider.oauth2_adapter_class = lambda request, _key: RoundTrip(request, self.issuer)
        answer = provider.redirect(
            self.request,
            process,
            next_url=next_address or None,
            scope=["openid"]
            if self.issuer.kind is IssuerKind.ANSATTPORTEN
            else ["openid", "profile"],
            auth_params=_wishes(self.issuer) | {"nonce": nonce},
            nonce=nonce,
            person=person,
        )
        return str(answer.headers["Location"])

    def back(self, query: QueryDict) -> tuple[Mapping[str, Any], Claims]:
        """The state that was kept here, and what the issuer says of whoever is back."""
        state = statekit.unstash_state(
            self.request, provider_id=self.issuer.key, state_id=query.get("state", "")
        )
        if state is None:
            raise NotLetIn(TokenRefusal.NOT_BEGUN_HERE, self.issuer)
        if "code" not in query:
            cancelled = query.get("error") == self.login_cancelled_error
            refusal = TokenRefusal.CANCELLED if cancelled else TokenRefusal.UNUSABLE
            raise NotLetIn(refusal, self.issuer)
        provider = self.get_provider()
        try:
            client = self.get_client(self.request, provider.app)
            answer = self.get_access_token_data(
                self.request,
                provider.app,
                client,
                pkce_code_verifier=state.get("pkce_code_verifier"),
            )
            claims = self._claims(str(answer.get("id_token", "")))
        except requests.RequestException as error:
            raise self._away(error) from error
        except (OAuth2Error, jwt.PyJWTError, ValueError, KeyError) as error:
            log.warning("The answer of %s cannot be used: %r", self.issuer.key, error)
            raise NotLetIn(TokenRefusal.UNUSABLE, self.issuer) from error
        if not self.issuer.names(claims) or not tokens.is_answer_to(claims, state["nonce"]):
            log.warning("The token of %s is of another issuer or question", self.issuer.key)
            raise NotLetIn(TokenRefusal.UNUSABLE, self.issuer)
        return state, claims

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the issuer tells of itself, believed only where it speaks for itself and safely."""
        key = f"samlop.issuer.{self.issuer.key}.{self.issuer.issuer}"
        config: dict[str, Any] | None = cache.get(key)
        if config is None:
            try:
                config = self._fetched(_configuration_address(self.issuer))
            except (requests.RequestException, ValueError) as error:
                raise self._away(error) from error
            self._refuse_unsafe(config)
            cache.set(key, config, CONFIGURATION_LASTS)
        return config

    def _refuse_unsafe(self, config: Mapping[str, Any]) -> None:
        said = [str(config.get(name, "")) for name in ENDPOINTS]
        safe = urlsplit(self.issuer.issuer).scheme
        wrong = [address for address in said if urlsplit(address).scheme not in {"https", safe}]
        if config.get("issuer") != self.issuer.issuer or wrong:
            log.error(
                "%s says it is %r; SAMLOP_OIDC says %r. Addresses that cannot be used: %s",
                self.issuer.key,
                config.get("issuer"),
                self.issuer.issuer,
                wrong,
            )
            raise NotLetIn(TokenRefusal.UNUSABLE, self.issuer)

    def _fetched(self, address: str) -> dict[str, Any]:
        session = SocialAdapter(self.request).get_requests_session()
        with session:
            answer = session.get(address)
            answer.raise_for_status()
        found = answer.json()
        if not isinstance(found, dict):
            raise ValueError(f"{address} answers with no object")
        return cast("dict[str, Any]", found)

    def _claims(self, id_token: str) -> Claims:
        """Signed by a key of the issuer, for us, and of now. Raises PyJWTError or the like."""
        header = jwt.get_unverified_header(id_token)
        keys = jwt.PyJWKSet.from_dict(self._fetched(self.openid_config["jwks_uri"])).keys
        # An issuer with one key need not name it.
        named = [key for key in keys if key.key_id == header.get("kid")] or keys
        if len(named) != 1:
            raise ValueError("The token names no key of the issuer")
        claims: dict[str, Any] = jwt.decode(
            id_token,
            named[0].key,
            algorithms=list(ALGORITHMS),
            audience=self.issuer.client_id,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
        if claims.get("azp", self.issuer.client_id) != self.issuer.client_id:
            raise ValueError("The token was made for another client")
        return claims

    def _away(self, error: Exception) -> NotLetIn:
        log.warning("%s does not answer: %r", self.issuer.key, error)
        return NotLetIn(TokenRefusal.AWAY, self.issuer)


def _wishes(issuer: Issuer) -> dict[str, str]:
    """What is asked for on the way out: a help to the person, proof of nothing."""
    if issuer.kind is IssuerKind.ENTRA:
        wanted = {"essential": True, "values": list(issuer.levels)}
        return {"claims": json.dumps({"id_token": {"acrs": wanted}})}
    detail = {
        "type": "ansattporten:altinn:resource",
        "resource": issuer.resource,
        "representation_is_required": "true",
    }
    return {
        "acr_values": " ".join(issuer.levels),
        "authorization_details": json.dumps([detail]),
    }


def _configuration_address(issuer: Issuer) -> str:
    # For several tenants Entra has one address, which leaves the tenant open.
    base = issuer.issuer.replace(TENANT, "organizations").rstrip("/")
    return f"{base}/.well-known/openid-configuration"

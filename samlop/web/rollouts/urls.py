"""Joint rollouts. Everybody adds the pages of her own topic under its own comment."""

from django.urls import path

from samlop.web.rollouts import (
    basis_views,
    feedback,
    following,
    interests,
    invited,
    inviting,
    surveys,
    views,
    writing,
)

app_name = "rollouts"

_BASIS = "innforingslop/<slug:slug>/grunnlag/"
_INVITE = "innforingslop/<slug:slug>/inviter/"
_INVITED = "innforingslop/<slug:slug>/invitasjoner/"
_TABLE = "innforingslop/<slug:slug>/kommuner/"
_SURVEY = "innforingslop/<slug:slug>/kartlegging/"

urlpatterns = [
    path("innforingslop/", views.rollout_list, name="list"),
    # Before the address of one rollout, which would take it for a rollout's name.
    path("innforingslop/ring/", invited.to_call, name="to_call"),
    path("innforingslop/<slug:slug>/", views.show, name="show"),
    # --- the decision basis ---
    path(_BASIS, basis_views.show, name="basis"),
    path(f"{_BASIS}begynn/", basis_views.begin, name="basis_begin"),
    path(f"{_BASIS}tekst/", basis_views.write, name="basis_words"),
    path(f"{_BASIS}roller/", basis_views.roles, name="basis_roles"),
    path(f"{_BASIS}plan/", basis_views.steps, name="basis_steps"),
    path(f"{_BASIS}forutsetninger/ny/", basis_views.add, name="basis_add"),
    path(f"{_BASIS}forutsetninger/<int:pk>/", basis_views.change, name="basis_change"),
    path(f"{_BASIS}forutsetninger/<int:pk>/ta-ut/", basis_views.remove, name="basis_remove"),
    path(f"{_BASIS}<slug:number>/", basis_views.show_for, name="basis_for"),
    path(f"{_BASIS}<slug:number>/saksframlegg/", basis_views.paper, name="basis_paper"),
    path(f"{_BASIS}<slug:number>/forutsetninger/", basis_views.tell, name="basis_tell"),
    # --- invitations ---
    path(_INVITE, inviting.invite, name="invite"),
    path(f"{_INVITE}<slug:number>/", inviting.preview, name="invite_preview"),
    path(_INVITED, invited.invitations, name="invitations"),
    path(f"{_INVITED}<slug:number>/", invited.invitation, name="invitation"),
    path(f"{_INVITED}<slug:number>/trekk/", invited.withdraw, name="invitation_withdraw"),
    path(f"{_INVITED}<slug:number>/steng-lenke/", invited.revoke, name="invitation_revoke"),
    # --- every municipality, and following them up ---
    path(_TABLE, following.municipality_table, name="municipalities"),
    path(f"{_TABLE}melding/", writing.message, name="message"),
    path(f"{_TABLE}<slug:number>/", following.municipality, name="municipality"),
    path(
        f"{_TABLE}<slug:number>/notat/<int:pk>/trekk-tilbake/",
        following.withdraw_note,
        name="withdraw_note",
    ),
    path("innforingslop/<slug:slug>/forhandsinformasjon/", writing.notice, name="notice"),
    path("innforingslop/<slug:slug>/tilbakemeldinger/", feedback.feedback, name="feedback"),
    path(
        "innforingslop/<slug:slug>/tilbakemeldinger/<int:pk>/svar/",
        feedback.reply,
        name="reply_feedback",
    ),
    path(_SURVEY, surveys.survey, name="survey"),
    path(f"{_SURVEY}spor/", surveys.ask, name="ask_survey"),
    path(f"{_SURVEY}<int:pk>/avslutt/", surveys.close, name="close_survey"),
    # --- interest in a solution, invited or not ---
    path("losninger/<slug:slug>/interesse/", interests.of_solution, name="interest_of_solution"),
    path("kommuner/<slug:number>/interesse/", interests.of_municipality, name="interests"),
    path("kommuner/<slug:number>/interesse/<slug:slug>/", interests.state, name="interest"),
    path(
        "kommuner/<slug:number>/interesse/<slug:slug>/trekk/",
        interests.withdraw,
        name="withdraw_interest",
    ),
]

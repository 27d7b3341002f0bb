"""Joint rollouts. Everybody adds the pages of her own topic under its own comment."""

from django.urls import path

from samlop.web.rollouts import (
    answering,
    basis_views,
    cohorts,
    evaluating,
    feedback,
    following,
    granting,
    interests,
    invited,
    inviting,
    link,
    planning,
    receiving,
    schedule,
    staffing,
    surveys,
    views,
    waiting,
    writing,
)

app_name = "rollouts"

_ONE = "innforingslop/<slug:slug>/"
_ANSWER = "innforingslop/<slug:slug>/svar/<slug:number>/"
_RECEIVED = "innforingslop/<slug:slug>/mottatt/<slug:number>/"
_GRANTS = "kommuner/<slug:number>/fullmakter/"
_BASIS = "innforingslop/<slug:slug>/grunnlag/"
_TABLE = "innforingslop/<slug:slug>/kommuner/"
_SURVEY = "innforingslop/<slug:slug>/kartlegging/"
_INVITE = "innforingslop/<slug:slug>/inviter/"
_INVITED = "innforingslop/<slug:slug>/invitasjoner/"

urlpatterns = [
    path("innforingslop/", views.rollout_list, name="list"),
    # Before the address of one rollout, which would take it for a rollout's name.
    path("innforingslop/nytt/", planning.create, name="create"),
    path("innforingslop/varsle/", planning.intend, name="intend"),
    path("innforingslop/plan/", schedule.every, name="every"),
    path("innforingslop/ring/", invited.to_call, name="to_call"),
    path(_ONE, views.show, name="show"),
    path("losninger/<slug:slug>/innforingslop/", views.of_solution, name="of_solution"),
    # --- planning it, and how far it is ---
    path(f"{_ONE}rediger/", planning.edit, name="edit"),
    path(f"{_ONE}del/", planning.share, name="share"),
    path(f"{_ONE}varsle/", planning.announce, name="announce"),
    path(f"{_ONE}forankring/", planning.anchor, name="anchor"),
    path(f"{_ONE}apne/", planning.open_enrolment, name="open"),
    path(f"{_ONE}status/<slug:step>/", planning.move, name="move"),
    path(f"{_ONE}arbeidsgruppe/ny/", staffing.add_worker, name="add_worker"),
    path(f"{_ONE}arbeidsgruppe/<int:pk>/ta-ut/", staffing.end_worker, name="end_worker"),
    path(f"{_ONE}medvirkende/ny/", staffing.add_actor, name="add_actor"),
    path(f"{_ONE}medvirkende/<int:pk>/", staffing.edit_actor, name="edit_actor"),
    path(f"{_ONE}medvirkende/<int:pk>/fjern/", staffing.remove_actor, name="remove_actor"),
    path(f"{_ONE}fremdriftsplan/", schedule.schedule, name="schedule"),
    path(f"{_ONE}evaluering/", evaluating.evaluation, name="evaluation"),
    path(f"{_ONE}evaluering/<slug:number>/", evaluating.evaluate, name="evaluate"),
    # --- cohorts and the stop rule ---
    path(f"{_ONE}puljer/", cohorts.cohorts, name="cohorts"),
    path(f"{_ONE}puljer/ny/", cohorts.create, name="create_cohort"),
    path(f"{_ONE}puljer/<int:number>/rediger/", cohorts.edit, name="edit_cohort"),
    path(f"{_ONE}puljer/<int:number>/start/", cohorts.start, name="start_cohort"),
    path(f"{_ONE}puljer/<int:number>/gjennomfort/", cohorts.finish, name="finish_cohort"),
    path(f"{_ONE}puljer/<int:number>/avlys/", cohorts.cancel, name="cancel_cohort"),
    path(f"{_ONE}puljer/<int:number>/tall/", cohorts.record_figure, name="record_figure"),
    path(f"{_ONE}puljer/<int:number>/slipp/", cohorts.override, name="override"),
    path(f"{_ONE}stoppregel/", cohorts.fix_rule, name="fix_rule"),
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
    # --- invitations ---
    path(_INVITE, inviting.invite, name="invite"),
    path(f"{_INVITE}<slug:number>/", inviting.preview, name="invite_preview"),
    path(_INVITED, invited.invitations, name="invitations"),
    path(f"{_INVITED}<slug:number>/", invited.invitation, name="invitation"),
    path(f"{_INVITED}<slug:number>/trekk/", invited.withdraw, name="invitation_withdraw"),
    path(f"{_INVITED}<slug:number>/steng-lenke/", invited.revoke, name="invitation_revoke"),
    # --- by the link in an invitation, without signing in ---
    path("invitasjon/<str:token>/", link.show, name="link"),
    path("invitasjon/<str:token>/saksframlegg/", link.paper, name="link_paper"),
    path("invitasjon/<str:token>/send-videre/", link.send_on, name="link_send_on"),
    path("invitasjon/<str:token>/svar/", link.answer, name="link_answer"),
    path("invitasjon/<str:token>/kvittering/", link.receipt, name="link_receipt"),
    # --- a municipality's answer, and its place ---
    path(_ANSWER, answering.answer, name="answer"),
    path(f"{_ANSWER}kvittering/", answering.receipt, name="answer_receipt"),
    path(f"{_ANSWER}tilbud/", answering.offer, name="answer_offer"),
    path(f"{_ANSWER}flytt/", answering.move, name="move_place"),
    path(f"{_ANSWER}ga-ut/", answering.leave, name="leave_place"),
    path("innforingslop/<slug:slug>/venteliste/", waiting.waiting_list, name="waiting"),
    path(_RECEIVED, receiving.register, name="register_received"),
    path(f"{_RECEIVED}<int:pk>/trekk/", receiving.withdraw, name="withdraw_received"),
    path(f"{_RECEIVED}<int:pk>/dokument/", receiving.document, name="received_document"),
    path(_GRANTS, granting.grants, name="grants"),
    path(f"{_GRANTS}ny/", granting.give, name="give_grant"),
    path(f"{_GRANTS}<int:pk>/avslutt/", granting.end, name="end_grant"),
]

"""Joint rollouts. Everybody adds the pages of her own topic under its own comment."""

from django.urls import path

from samlop.web.rollouts import basis_views, invited, inviting, views

app_name = "rollouts"

_BASIS = "innforingslop/<slug:slug>/grunnlag/"
_INVITE = "innforingslop/<slug:slug>/inviter/"
_INVITED = "innforingslop/<slug:slug>/invitasjoner/"

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
]

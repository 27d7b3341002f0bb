import django.contrib.postgres.constraints
import django.db.models.deletion
import pgtrigger.compiler
import samlop.db.periods
import samlop.db.triggers
import samlop.governance.texts
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Body',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('name', models.CharField(max_length=120, unique=True)),
                ('kind', models.CharField(choices=samlop.governance.texts.body_kind_choices, max_length=20)),
                ('mandate', models.TextField(blank=True, max_length=4000)),
                ('source', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['advisory', 'deciding', 'steering'])), name='body_kind_is_known')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "governance_bodyevent" ("id", "kind", "mandate", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "source") VALUES (NEW."id", NEW."kind", NEW."mandate", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."slug", NEW."source"); RETURN NULL;', hash='f1e63b56f3a616eedd1131957994b399f9136e2d', operation='INSERT', pgid='pgtrigger_insert_insert_8eb50', table='governance_body', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "governance_bodyevent" ("id", "kind", "mandate", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "source") VALUES (NEW."id", NEW."kind", NEW."mandate", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."slug", NEW."source"); RETURN NULL;', hash='e30b699f3d33e398b0697407ca27390a6a2663bd', operation='UPDATE', pgid='pgtrigger_update_update_9741f', table='governance_body', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "governance_bodyevent" ("id", "kind", "mandate", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "source") VALUES (OLD."id", OLD."kind", OLD."mandate", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."slug", OLD."source"); RETURN NULL;', hash='b081dc9a4699347a29d547ddfddffc7ceb687f49', operation='DELETE', pgid='pgtrigger_delete_delete_f10a3', table='governance_body', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='BodyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('slug', models.SlugField(db_index=False, max_length=80)),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=samlop.governance.texts.body_kind_choices, max_length=20)),
                ('mandate', models.TextField(blank=True, max_length=4000)),
                ('source', models.CharField(blank=True, max_length=300)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='governance.body')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4f6bedb0c43e7333c604a6a73ecfa00b53adc963', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_213ca', table='governance_bodyevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('number', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('matter', models.CharField(choices=samlop.governance.texts.matter_choices, max_length=20)),
                ('about', models.TextField(max_length=8000)),
                ('recommendation', models.TextField(blank=True, max_length=4000)),
                ('opened_on', models.DateField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_reason', models.CharField(blank=True, max_length=500)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='governance.body')),
                ('builds_on', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='governance.case')),
                ('opened_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('body', 'year', 'number'), name='case_number_once_per_body_and_year'), models.CheckConstraint(condition=models.Q(('matter__in', ['ordinary', 'ready_for_use'])), name='case_matter_is_known'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='case_number_from_one'), models.CheckConstraint(condition=models.Q(('year__gte', 2000), ('year__lt', 2100)), name='case_year_is_ours'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_reason', '')), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='case_withdrawn_with_reason'), models.CheckConstraint(condition=models.Q(('builds_on', None), models.Q(('builds_on', models.F('id')), _negated=True), _connector='OR'), name='case_not_on_itself')],
                'triggers': [pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='9ac17808f8651ea223511831a3f0fca2e88cd159', operation='DELETE', pgid='pgtrigger_never_deleted_780e6', table='governance_case', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "governance_caseevent" ("about", "body_id", "builds_on_id", "id", "matter", "number", "opened_by_id", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recommendation", "title", "withdrawn_at", "withdrawn_reason", "year") VALUES (NEW."about", NEW."body_id", NEW."builds_on_id", NEW."id", NEW."matter", NEW."number", NEW."opened_by_id", NEW."opened_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."recommendation", NEW."title", NEW."withdrawn_at", NEW."withdrawn_reason", NEW."year"); RETURN NULL;', hash='328a69b4ce5e221e2d1274c304ccc2494ea8fd24', operation='INSERT', pgid='pgtrigger_insert_insert_7deb4', table='governance_case', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "governance_caseevent" ("about", "body_id", "builds_on_id", "id", "matter", "number", "opened_by_id", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recommendation", "title", "withdrawn_at", "withdrawn_reason", "year") VALUES (NEW."about", NEW."body_id", NEW."builds_on_id", NEW."id", NEW."matter", NEW."number", NEW."opened_by_id", NEW."opened_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recommendation", NEW."title", NEW."withdrawn_at", NEW."withdrawn_reason", NEW."year"); RETURN NULL;', hash='fa023a0b2c3d49284016e3880b8832341bf94acc', operation='UPDATE', pgid='pgtrigger_update_update_4c212', table='governance_case', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "governance_caseevent" ("about", "body_id", "builds_on_id", "id", "matter", "number", "opened_by_id", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recommendation", "title", "withdrawn_at", "withdrawn_reason", "year") VALUES (OLD."about", OLD."body_id", OLD."builds_on_id", OLD."id", OLD."matter", OLD."number", OLD."opened_by_id", OLD."opened_on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recommendation", OLD."title", OLD."withdrawn_at", OLD."withdrawn_reason", OLD."year"); RETURN NULL;', hash='ecff85924790367475c47e20d442bad05e6c5a6a', operation='DELETE', pgid='pgtrigger_delete_delete_70e73', table='governance_case', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('function', models.CharField(choices=samlop.governance.texts.function_choices, max_length=20)),
                ('organisation', models.CharField(blank=True, max_length=120)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='governance.body')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('function__in', ['deputy_leader', 'leader', 'member', 'observer', 'secretary', 'substitute'])), name='member_function_is_known'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='member_period_in_order'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('body', '='), ('person', '='), (samlop.db.periods.DateRange(models.F('valid_from'), models.F('valid_to')), '&&')], name='member_once_per_body'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('function', 'leader')), expressions=[('body', '='), (samlop.db.periods.DateRange(models.F('valid_from'), models.F('valid_to')), '&&')], name='member_one_leader')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "governance_memberevent" ("body_id", "function", "id", "organisation", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_to") VALUES (NEW."body_id", NEW."function", NEW."id", NEW."organisation", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."valid_from", NEW."valid_to"); RETURN NULL;', hash='12cab8cbe9acada4c83ebed27ef32176b1be7d64', operation='INSERT', pgid='pgtrigger_insert_insert_d0cf6', table='governance_member', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "governance_memberevent" ("body_id", "function", "id", "organisation", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_to") VALUES (NEW."body_id", NEW."function", NEW."id", NEW."organisation", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."valid_from", NEW."valid_to"); RETURN NULL;', hash='26ea0088b0a1b5234086bcbac0b27c26e1d49e9f', operation='UPDATE', pgid='pgtrigger_update_update_c4a6a', table='governance_member', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "governance_memberevent" ("body_id", "function", "id", "organisation", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_to") VALUES (OLD."body_id", OLD."function", OLD."id", OLD."organisation", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."valid_from", OLD."valid_to"); RETURN NULL;', hash='38074e0de2e019fd10ed4cdac4f552ce747e0456', operation='DELETE', pgid='pgtrigger_delete_delete_5df4a', table='governance_member', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='CaseEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('year', models.PositiveSmallIntegerField()),
                ('number', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('matter', models.CharField(choices=samlop.governance.texts.matter_choices, max_length=20)),
                ('about', models.TextField(max_length=8000)),
                ('recommendation', models.TextField(blank=True, max_length=4000)),
                ('opened_on', models.DateField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_reason', models.CharField(blank=True, max_length=500)),
                ('body', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='governance.body')),
                ('builds_on', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='governance.case')),
                ('opened_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='governance.case')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='426fce8ea5a3aa1ff19766f0e623e6c7d1aaabb6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f8ed8', table='governance_caseevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=samlop.governance.texts.decision_kind_choices, max_length=20)),
                ('text', models.TextField(max_length=8000)),
                ('reason', models.TextField(blank=True, max_length=8000)),
                ('decided_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='governance.case')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['-decided_on'], name='decision_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['advice', 'decision', 'endorsement', 'resolution'])), name='decision_kind_is_known'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='decision_says_something')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='88e3acedab73ddb3b8cdcb8d41e2ab658f09f511', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4d9ce', table='governance_decision', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='MemberEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('function', models.CharField(choices=samlop.governance.texts.function_choices, max_length=20)),
                ('organisation', models.CharField(blank=True, max_length=120)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('body', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='governance.body')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='governance.member')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5bf24274c43bbcd3ed34542cc74093cff8ceaca5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4754e', table='governance_memberevent', when='BEFORE'))],
            },
        ),
        samlop.db.triggers.PutTriggersInPlace(
        ),
    ]

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import samlop.accounts.texts
import samlop.db.periods
import samlop.db.triggers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('municipalities', '0001_reference_data'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('name', models.CharField(blank=True, max_length=120)),
                ('email', models.EmailField(blank=True, max_length=254, null=True, unique=True)),
                ('phone', models.CharField(blank=True, max_length=20)),
                ('language', models.CharField(blank=True, max_length=2)),
                ('is_active', models.BooleanField(default=True)),
                ('is_example', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('language__in', ['', 'nb', 'nn', 'en'])), name='person_language_is_known'), models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='person_email_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_personevent" ("id", "is_active", "is_example", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_active", NEW."is_example", NEW."language", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='1f5e22407a1f6bb210f78da8131cc4966be2e46b', operation='INSERT', pgid='pgtrigger_insert_insert_6b541', table='accounts_person', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_example" IS DISTINCT FROM (NEW."is_example") OR OLD."language" IS DISTINCT FROM (NEW."language"))', func='INSERT INTO "accounts_personevent" ("id", "is_active", "is_example", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_active", NEW."is_example", NEW."language", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='cdd4a6c1cab9c9fd1ded48437cc61b478f33634d', operation='UPDATE', pgid='pgtrigger_update_update_70819', table='accounts_person', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_personevent" ("id", "is_active", "is_example", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."is_active", OLD."is_example", OLD."language", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='3326979bd1f7f96721e3a11e4e3d3226e58e49e2', operation='DELETE', pgid='pgtrigger_delete_delete_18acd', table='accounts_person', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=samlop.accounts.texts.role_choices, max_length=30)),
                ('solution_slug', models.SlugField(blank=True, max_length=80)),
                ('title', models.CharField(blank=True, max_length=120)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('county_authority', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='municipalities.countyauthority')),
                ('municipality', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='municipalities.municipality')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='municipalities.region')),
                ('vendor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='municipalities.vendor')),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'valid_from'], name='membership_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['administrator', 'analyst', 'contact_person', 'coordination_group_member', 'decision_maker', 'municipal_coordinator', 'network_resource', 'portfolio_owner', 'programme', 'project_leader', 'rollout_leader', 'vendor'])), name='membership_role_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('role__in', ['administrator', 'analyst', 'coordination_group_member', 'portfolio_owner']), ('region', None), ('county_authority', None), ('municipality', None), ('vendor', None), ('solution_slug', '')), models.Q(('role__in', ['contact_person', 'network_resource', 'rollout_leader']), ('region__isnull', False), ('county_authority', None), ('municipality', None), ('vendor', None), ('solution_slug', '')), models.Q(('role__in', ['decision_maker', 'municipal_coordinator', 'project_leader']), models.Q(models.Q(('county_authority', None), ('municipality__isnull', False)), models.Q(('county_authority__isnull', False), ('municipality', None)), _connector='OR'), ('region', None), ('vendor', None), ('solution_slug', '')), models.Q(('role__in', ['vendor']), ('vendor__isnull', False), ('region', None), ('county_authority', None), ('municipality', None), ('solution_slug', '')), models.Q(('role__in', ['programme']), models.Q(('solution_slug', ''), _negated=True), ('region', None), ('county_authority', None), ('municipality', None), ('vendor', None)), _connector='OR'), name='membership_scope_fits_role'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='membership_period_in_order'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('person', '='), ('role', '='), ('region', '='), (samlop.db.periods.DateRange(models.F('valid_from'), models.F('valid_to')), '&&')], name='membership_once_per_region'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('person', '='), ('role', '='), ('municipality', '='), (samlop.db.periods.DateRange(models.F('valid_from'), models.F('valid_to')), '&&')], name='membership_once_per_municipality'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('person', '='), ('role', '='), ('county_authority', '='), (samlop.db.periods.DateRange(models.F('valid_from'), models.F('valid_to')), '&&')], name='membership_once_per_county_authority'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('person', '='), ('role', '='), ('vendor', '='), (samlop.db.periods.DateRange(models.F('valid_from'), models.F('valid_to')), '&&')], name='membership_once_per_vendor'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('solution_slug', ''), _negated=True), expressions=[('person', '='), ('role', '='), ('solution_slug', '='), (samlop.db.periods.DateRange(models.F('valid_from'), models.F('valid_to')), '&&')], name='membership_once_per_solution'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role__in', ['administrator', 'analyst', 'coordination_group_member', 'portfolio_owner'])), expressions=[('person', '='), ('role', '='), (samlop.db.periods.DateRange(models.F('valid_from'), models.F('valid_to')), '&&')], name='membership_once_in_the_nation')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_membershipevent" ("county_authority_id", "id", "municipality_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "role", "solution_slug", "title", "valid_from", "valid_to", "vendor_id") VALUES (NEW."county_authority_id", NEW."id", NEW."municipality_id", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_id", NEW."role", NEW."solution_slug", NEW."title", NEW."valid_from", NEW."valid_to", NEW."vendor_id"); RETURN NULL;', hash='fe4cfc234d39289f9a423385cbe213fa19293e1e', operation='INSERT', pgid='pgtrigger_insert_insert_fc05a', table='accounts_membership', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_membershipevent" ("county_authority_id", "id", "municipality_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "role", "solution_slug", "title", "valid_from", "valid_to", "vendor_id") VALUES (NEW."county_authority_id", NEW."id", NEW."municipality_id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_id", NEW."role", NEW."solution_slug", NEW."title", NEW."valid_from", NEW."valid_to", NEW."vendor_id"); RETURN NULL;', hash='3e11732cfe783e22ece1d3a4dfcd4ee27bff83c1', operation='UPDATE', pgid='pgtrigger_update_update_20ab5', table='accounts_membership', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_membershipevent" ("county_authority_id", "id", "municipality_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "role", "solution_slug", "title", "valid_from", "valid_to", "vendor_id") VALUES (OLD."county_authority_id", OLD."id", OLD."municipality_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."region_id", OLD."role", OLD."solution_slug", OLD."title", OLD."valid_from", OLD."valid_to", OLD."vendor_id"); RETURN NULL;', hash='78b1504bcbc6e625b77ab706e96243f9bb4994fa', operation='DELETE', pgid='pgtrigger_delete_delete_19a8f', table='accounts_membership', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='PersonEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('language', models.CharField(blank=True, max_length=2)),
                ('is_active', models.BooleanField(default=True)),
                ('is_example', models.BooleanField(default=False)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ab12179ca78ae034abb9ebf88853b5337e7aa9ef', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ba890', table='accounts_personevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='MembershipEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('role', models.CharField(choices=samlop.accounts.texts.role_choices, max_length=30)),
                ('solution_slug', models.SlugField(blank=True, db_index=False, max_length=80)),
                ('title', models.CharField(blank=True, max_length=120)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('county_authority', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='municipalities.countyauthority')),
                ('municipality', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='municipalities.municipality')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.membership')),
                ('region', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='municipalities.region')),
                ('vendor', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='municipalities.vendor')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e1f05704110766345bef638c18be4307af995a77', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9ee6c', table='accounts_membershipevent', when='BEFORE'))],
            },
        ),
        samlop.db.triggers.PutTriggersInPlace(
        ),
    ]

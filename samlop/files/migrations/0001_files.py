import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import samlop.db.triggers
import samlop.files.texts
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('municipalities', '0005_stored_search_key'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='File',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=samlop.files.texts.file_kind_choices, max_length=10)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('stored_at', models.DateTimeField()),
                ('stored_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['csv', 'docx', 'jpg', 'odp', 'ods', 'odt', 'pdf', 'png', 'pptx', 'txt', 'xlsx'])), name='file_kind_is_known'), models.CheckConstraint(condition=models.Q(('size__gt', 0), ('size__lte', 26214400)), name='file_size_within_bounds'), models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='file_sha256_is_one')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "files_fileevent" ("id", "key", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "stored_at", "stored_by_id") VALUES (NEW."id", NEW."key", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sha256", NEW."size", NEW."stored_at", NEW."stored_by_id"); RETURN NULL;', hash='d581ad2c0128605a33da58fef0f9b7648d553995', operation='INSERT', pgid='pgtrigger_insert_insert_050e9', table='files_file', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "files_fileevent" ("id", "key", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "stored_at", "stored_by_id") VALUES (NEW."id", NEW."key", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sha256", NEW."size", NEW."stored_at", NEW."stored_by_id"); RETURN NULL;', hash='7adedb48c9c85ed1540134f2e4dd5f0e21a954f8', operation='UPDATE', pgid='pgtrigger_update_update_6a5e0', table='files_file', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "files_fileevent" ("id", "key", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "stored_at", "stored_by_id") VALUES (OLD."id", OLD."key", OLD."kind", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."sha256", OLD."size", OLD."stored_at", OLD."stored_by_id"); RETURN NULL;', hash='7ceb7c3d41b424b14a1e3251f7d86ef8c31aaca2', operation='DELETE', pgid='pgtrigger_delete_delete_b8a61', table='files_file', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=samlop.files.texts.document_kind_choices, max_length=20)),
                ('added_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='municipalities.region')),
                ('file', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='document', to='files.file')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['agreement', 'mandate', 'meeting_plan', 'minutes', 'other'])), name='document_kind_is_known'), models.CheckConstraint(condition=models.Q(('removed_at', None), ('removed_at__gte', models.F('added_at')), _connector='OR'), name='document_removed_after_added'), models.CheckConstraint(condition=models.Q(('file__isnull', False), ('removed_at__isnull', False), _connector='OR'), name='document_without_file_is_removed'), models.UniqueConstraint(models.F('region'), django.db.models.functions.text.Lower('title'), condition=models.Q(('removed_at', None)), name='document_title_once_per_region')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "files_documentevent" ("added_at", "file_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "removed_at", "title") VALUES (NEW."added_at", NEW."file_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_id", NEW."removed_at", NEW."title"); RETURN NULL;', hash='4e7221800df7b37dee6c88e403bfda2c4f460a7b', operation='INSERT', pgid='pgtrigger_insert_insert_34801', table='files_document', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "files_documentevent" ("added_at", "file_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "removed_at", "title") VALUES (NEW."added_at", NEW."file_id", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_id", NEW."removed_at", NEW."title"); RETURN NULL;', hash='0848f3abebb29e7b4e45daaaf9468240fec18a74', operation='UPDATE', pgid='pgtrigger_update_update_b9846', table='files_document', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "files_documentevent" ("added_at", "file_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "removed_at", "title") VALUES (OLD."added_at", OLD."file_id", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."region_id", OLD."removed_at", OLD."title"); RETURN NULL;', hash='ea6f17802a9a8e398256c4c74483972bea798b49', operation='DELETE', pgid='pgtrigger_delete_delete_78469', table='files_document', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='FileContent',
            fields=[
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='content', serialize=False, to='files.file')),
                ('data', models.BinaryField()),
            ],
            options={
                'triggers': [pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='a3a017cfa469562ba4a920e5854c90014cc67c0f', operation='UPDATE', pgid='pgtrigger_never_changed_ed837', table='files_filecontent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='FileEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=samlop.files.texts.file_kind_choices, max_length=10)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('stored_at', models.DateTimeField()),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='files.file')),
                ('stored_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='51b201428edb45a4994ae2b6107f75552fa4d1f3', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_265c9', table='files_fileevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='DocumentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('title', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=samlop.files.texts.document_kind_choices, max_length=20)),
                ('added_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='files.document')),
                ('region', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='municipalities.region')),
                ('file', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='files.file')),
            ],
            options={
                'abstract': False,
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5f64be43ad3f0b3c6dd9521dc37d13f865f0997c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0d08f', table='files_documentevent', when='BEFORE'))],
            },
        ),
        samlop.db.triggers.PutTriggersInPlace(
        ),
    ]

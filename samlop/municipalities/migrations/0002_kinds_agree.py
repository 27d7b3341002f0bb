"""A membership's kind is its region's, a profile's its product's: one foreign key over both.

Django cannot declare a foreign key over two columns; the unique constraints it points at
stand in the models.
"""

from django.db import migrations

FORWARD = """
alter table municipalities_regionmembership
  add constraint region_membership_kind_is_its_regions
  foreign key (region_id, kind) references municipalities_region (id, kind)
  deferrable initially deferred;
alter table municipalities_vendorprofile
  add constraint vendor_profile_kind_is_its_products
  foreign key (product_id, kind) references municipalities_product (id, kind)
  deferrable initially deferred;
"""
BACKWARD = """
alter table municipalities_regionmembership drop constraint region_membership_kind_is_its_regions;
alter table municipalities_vendorprofile drop constraint vendor_profile_kind_is_its_products;
"""


class Migration(migrations.Migration):
    dependencies = [("municipalities", "0001_reference_data")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

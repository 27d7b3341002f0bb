"""The material library, templates with rows, and the municipalities' own copies of them."""

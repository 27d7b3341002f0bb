"""National plans for when every municipality takes every solution into use."""

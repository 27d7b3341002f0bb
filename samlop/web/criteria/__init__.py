"""The criteria for «klar til bruk»: versions, what is new, and the draft of the next one."""

chmod 755 tool; chmod 750 sub

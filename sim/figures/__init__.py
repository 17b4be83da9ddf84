"""The drawings of reports: a module each, which `registry` finds; `style` is plain data, and loads nothing."""

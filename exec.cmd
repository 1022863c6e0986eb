@rem package.json starts programs with "exec", so that signals to npm reach them. The shell of Windows has no exec: this is it.
@%*

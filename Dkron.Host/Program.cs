return Environment.ExitCode;

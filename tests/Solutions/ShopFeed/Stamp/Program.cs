// acme-stamp NAME FILE: writes a class that says who made it.
System.IO.Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(args[1]))!);
System.IO.File.WriteAllText(args[1], $$"""internal static class Stamp { public const string Text = "{{args[0]}} by acme-stamp 1.0.3"; }""");

var app = WebApplication.Create(args);
app.MapGet("/", () => "Hello, world!");
app.Run();

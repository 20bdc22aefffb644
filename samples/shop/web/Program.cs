var app = WebApplication.CreateBuilder(args).Build();
app.MapGet("/", () => "Welcome to the shop\n");
app.Run();

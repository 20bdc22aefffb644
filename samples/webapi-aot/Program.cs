using System.Text.Json.Serialization;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));

var app = builder.Build();
app.MapGet("/", () => "Hello, world!\n");
app.MapGet("/todos", () => new Todo[] { new(1, "Walk the dog"), new(2, "Water the plants") });
app.Run();

public sealed record Todo(int Id, string Title);

[JsonSerializable(typeof(Todo[]))]
internal sealed partial class ApiJson : JsonSerializerContext;

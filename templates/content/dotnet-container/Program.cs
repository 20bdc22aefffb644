using System.Text.Json.Serialization;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));

var app = builder.Build();
app.MapGet("/", () => new Greeting("Hello from web-api-1"));
app.Run();

internal sealed record Greeting(string Text);

[JsonSerializable(typeof(Greeting))]
internal sealed partial class ApiJson : JsonSerializerContext;

using System.Text.Json.Serialization;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, PricesJson.Default));

var app = builder.Build();
app.MapGet("/", () => new Price[] { new("tea", 3.50m), new("cup", 8.00m) });
app.Run();

internal sealed record Price(string Article, decimal Euros);

[JsonSerializable(typeof(Price[]))]
internal sealed partial class PricesJson : JsonSerializerContext;

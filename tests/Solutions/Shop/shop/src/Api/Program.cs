using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Shop;
using Shop.Contracts;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddGrpc();
builder.Services.AddDbContext<ShopContext>(options => options.UseSqlite("Data Source=/tmp/shop.db"));
var app = builder.Build();
using (var scope = app.Services.CreateScope())
{
    await scope.ServiceProvider.GetRequiredService<ShopContext>().FillAsync();
}

app.MapGrpcService<CatalogService>();
app.MapGet("/", () => $"{ThisProgram.Version}, {Stamp.Text}, {Product.Framework}, {Environment.GetEnvironmentVariable("SHOP_EDITION")}");
app.Run();

internal sealed class CatalogService(ShopContext shop) : Catalog.CatalogBase
{
    public override async Task<FindReply> Find(FindRequest request, ServerCallContext context)
    {
        var product = await shop.Products.SingleAsync(product => product.Name == request.Name);
        return new FindReply { Name = product.Name, Price = new Money { Cents = product.CentsWithTax }, Version = ThisProgram.Version };
    }
}

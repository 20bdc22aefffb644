using Messages;
using Shop;
using Shop.Contracts;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddGrpcClient<Catalog.CatalogClient>(options => options.Address = new Uri(builder.Configuration["Catalog"]!));
builder.Services.AddHostedService<Asking>();
await builder.Build().RunAsync();

internal sealed class Asking(Catalog.CatalogClient catalog, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var found = await catalog.FindAsync(new FindRequest { Name = "lamp" }, cancellationToken: stoppingToken);
        Console.WriteLine($"{Greeting.To("worker")}: {found.Name} {found.Price.Cents}, {ThisProgram.Version} asks {found.Version}");
        lifetime.StopApplication();
    }
}

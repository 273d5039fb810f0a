using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary>
/// The services that Kestrel's TLS looks up, which are internal to it: its own registration is the only way to have them, and
/// it wants a host builder. Nothing is built with this one.
/// </summary>
internal sealed class KestrelServices : IWebHostBuilder
{
    private const string NotAHost = "only Kestrel's services are taken from here";

    private readonly ServiceCollection _services = [];

    private KestrelServices()
    {
    }

    public static ServiceProvider Create(ILoggerFactory loggers)
    {
        KestrelServices builder = new();
        builder.UseKestrelCore();
        builder._services.AddMetrics();
        builder._services.AddSingleton(loggers);
        return builder._services.BuildServiceProvider();
    }

    public IWebHostBuilder ConfigureServices(Action<IServiceCollection> configureServices)
    {
        configureServices(_services);
        return this;
    }

    public IWebHostBuilder ConfigureServices(Action<WebHostBuilderContext, IServiceCollection> configureServices) =>
        throw new NotSupportedException(NotAHost);

#pragma warning disable ASPDEPR008 // The interface says so; nobody gets one from here.
    public IWebHost Build() => throw new NotSupportedException(NotAHost);
#pragma warning restore ASPDEPR008

    public IWebHostBuilder ConfigureAppConfiguration(
        Action<WebHostBuilderContext, IConfigurationBuilder> configureDelegate) => throw new NotSupportedException(NotAHost);

    public string? GetSetting(string key) => null;

    public IWebHostBuilder UseSetting(string key, string? value) => throw new NotSupportedException(NotAHost);
}

using System.Net;
using AmpEdge.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.HttpClients;

public sealed class AddressChoiceTests
{
    [Fact]
    public async Task Each_connection_goes_to_the_address_that_was_drawn()
    {
        using HttpServer first = Server("127.0.0.1:0", "first");
        await first.StartAsync(CancellationToken.None);
        using HttpServer second = Server($"127.0.0.2:{first.Address.Port}", "second");
        await second.StartAsync(CancellationToken.None);
        Queue<int> draws = new([1, 0, 1]);
        AddressChoice choice = new(
            static (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.Parse("127.0.0.2")]), _ => draws.Dequeue());
        using HttpMessageInvoker client = new(HttpHandlerBuilder.Build(
            new HttpClientConfig(), TimeProvider.System, new HttpTransportLimits { RoundRobinDns = true, AddressChoice = choice }));

        List<string> answers = [];
        for (int request = 0; request < 3; request++)
        {
            using HttpRequestMessage get = new(HttpMethod.Get, $"http://receiver.test:{first.Address.Port}/");
            get.Headers.ConnectionClose = true;
            using HttpResponseMessage answer = await client.SendAsync(get, TestContext.Current.CancellationToken);
            answers.Add(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal(["second", "first", "second"], answers);
        await first.StopAsync(CancellationToken.None);
        await second.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_name_without_addresses_is_left_to_the_connection()
    {
        AddressChoice choice = new(static (_, _) => Task.FromResult<IPAddress[]>([]), static _ => throw new InvalidOperationException());
        DnsEndPoint name = new("receiver.test", 80);

        Assert.Same(name, await choice.ChooseAsync(name, CancellationToken.None));
    }

    private static HttpServer Server(string address, string name)
    {
        RouteTable routes = new();
        routes.Map("GET", "/", context => context.Response.WriteAsync(name));
        return new HttpServer(
            name, new HttpServerOptions { ListenAddress = address }, routes, new MetricRegistry(), NullLoggerFactory.Instance,
            TimeProvider.System);
    }
}

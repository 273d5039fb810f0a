using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.HttpClients;

public sealed class HttpTransportTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ampedge-transport-").FullName;
    private readonly ScriptedHttpServer _server = new(ScriptedResponse.Page("ok"));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_user_of_a_url_is_sent_unless_something_else_says_who_asks()
    {
        Uri url = new($"http://me:p%40ss@{_server.Address}/page");

        await AskAsync(new HttpClientConfig(), url);
        await AskAsync(new HttpClientConfig { Authorization = new AuthorizationConfig { Credentials = new Secret("token") } }, url);
        await AskAsync(new HttpClientConfig(), new Uri($"http://{_server.Address}/page"));

        string user = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("me:p@ss"))}";
        List<string> sent = [];
        foreach (ScriptedRequest request in _server.Requests)
        {
            sent.Add(request.Headers.GetValueOrDefault("Authorization", "nobody"));
        }

        Assert.Equal([user, "Bearer token", "nobody"], sent);
    }

    [Fact]
    public async Task Files_that_change_all_the_time_cost_no_request()
    {
        string file = Path.Combine(_folder, "ca.pem");
        using System.Security.Cryptography.X509Certificates.X509Certificate2 root = Certificates.MakeRoot("root");
        string pem = root.ExportCertificatePem();
        await File.WriteAllTextAsync(file, pem, TestContext.Current.CancellationToken);
        using HttpMessageInvoker client = new(
            HttpHandlerBuilder.Build(new HttpClientConfig { Tls = new TlsConfig { CaFile = file } }, TimeProvider.System));
        Task[] askers = new Task[4];
        for (int asker = 0; asker < askers.Length; asker++)
        {
            int own = asker;
            askers[asker] = Task.Run(async () =>
            {
                for (int round = 0; round < 50; round++)
                {
                    string fresh = $"{file}.{own}";
                    await File.WriteAllTextAsync(fresh, pem + new string('\n', own * 50 + round), TestContext.Current.CancellationToken);
                    File.Move(fresh, file, overwrite: true);
                    using HttpRequestMessage request = new(HttpMethod.Get, _server.Url);
                    using HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);
                    Assert.Equal("ok", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
                }
            }, TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(askers);
    }

    private static async Task AskAsync(HttpClientConfig config, Uri url)
    {
        using HttpMessageInvoker client = new(HttpHandlerBuilder.Build(config, TimeProvider.System));
        using HttpRequestMessage request = new(HttpMethod.Get, url);
        using HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}

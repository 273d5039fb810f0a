using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.HttpClients;

public sealed class HttpHandlerBuilderTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ampedge-client-").FullName;
    private readonly ManualTime _time = new();
    private readonly List<string> _seen = [];
    private readonly RouteTable _routes = new();
    private readonly RouteTable _otherRoutes = new();
    private HttpServer? _server;
    private HttpServer? _other;
    private HttpMessageInvoker? _client;
    private int _tokens;
    private bool _refuseTokenHeader;

    private string TokenUrl => new Uri(_server!.Address, "/token").ToString();

    public async ValueTask InitializeAsync()
    {
        _routes.Map("*", "/page", AnswerAsync);
        _routes.Map("*", "/moved/{code}", context => RedirectAsync(context, "/page"));
        _routes.Map("*", "/away/{code}", context => RedirectAsync(context, new Uri(_other!.Address, "/page").ToString()));
        _routes.Map("*", "/loop/{code}", context => RedirectAsync(context, "/loop/302"));
        _routes.Map("POST", "/token", TokenAsync);
        _otherRoutes.Map("*", "/{*path}", AnswerAsync);
        _server = await StartAsync(_routes);
        _other = await StartAsync(_otherRoutes);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        foreach (HttpServer server in (HttpServer[])[_server!, _other!])
        {
            await server.StopAsync(CancellationToken.None);
            server.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_password_file_is_read_at_each_request()
    {
        string file = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(file, "one\n", TestContext.Current.CancellationToken);
        Use(new HttpClientConfig { BasicAuth = new BasicAuthConfig { Username = "u", PasswordFile = file } });

        await SendAsync("/page");
        await File.WriteAllTextAsync(file, "two", TestContext.Current.CancellationToken);
        await SendAsync("/page");

        Assert.Equal([$"GET /page Basic {Base64("u:one")}", $"GET /page Basic {Base64("u:two")}"], _seen);
    }

    [Fact]
    public async Task A_credentials_file_that_is_not_there_fails_the_request_with_its_name()
    {
        Use(new HttpClientConfig { Authorization = new AuthorizationConfig { CredentialsFile = Path.Combine(_folder, "gone") } });

        HttpRequestException error = await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync("/page"));

        Assert.StartsWith($"unable to read authorization credentials file {_folder}/gone: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authorization_may_have_any_type()
    {
        Use(new HttpClientConfig { Authorization = new AuthorizationConfig { Type = "Token", Credentials = new Secret("abc") } });

        await SendAsync("/page");

        Assert.Equal(["GET /page Token abc"], _seen);
    }

    [Fact]
    public async Task Added_headers_have_values_secrets_and_files()
    {
        string file = Path.Combine(_folder, "value");
        await File.WriteAllTextAsync(file, "c\n", TestContext.Current.CancellationToken);
        Use(new HttpClientConfig { HttpHeaders = [new HttpHeaderConfig("X-Test", ["a"], [new Secret("b")], [file])] });

        await SendAsync("/page");

        Assert.Equal(["GET /page  X-Test=a, b, c"], _seen);
    }

    [Fact]
    public async Task Credentials_go_along_inside_the_origin_and_stay_behind_when_leaving_it()
    {
        Use(new HttpClientConfig
        {
            Authorization = new AuthorizationConfig { Credentials = new Secret("abc") },
            HttpHeaders = [new HttpHeaderConfig("X-Test", [], [new Secret("s")], [])],
        });

        await SendAsync("/moved/302");
        await SendAsync("/away/302");

        Assert.Equal(
            ["GET /moved/302 Bearer abc X-Test=s", "GET /page Bearer abc X-Test=s", "GET /away/302 Bearer abc X-Test=s", "GET /page "],
            _seen);
    }

    [Theory]
    [InlineData("301", "GET /page ")]
    [InlineData("302", "GET /page ")]
    [InlineData("303", "GET /page ")]
    [InlineData("307", "POST /page  body=hello")]
    [InlineData("308", "POST /page  body=hello")]
    public async Task A_redirected_post_becomes_a_get_unless_the_status_keeps_it(string status, string expected)
    {
        Use(new HttpClientConfig());

        Assert.Equal(HttpStatusCode.OK, await SendAsync("/moved/" + status, "hello"));

        Assert.Equal(expected, _seen[^1]);
    }

    [Fact]
    public async Task Redirects_without_end_are_given_up()
    {
        Use(new HttpClientConfig());

        HttpRequestException error = await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync("/loop/302"));

        Assert.StartsWith("stopped after 10 redirects", error.Message, StringComparison.Ordinal);
        Assert.Equal(11, _seen.Count);
    }

    [Fact]
    public async Task Redirects_are_answers_when_they_are_not_to_be_followed()
    {
        Use(new HttpClientConfig { FollowRedirects = false });

        Assert.Equal(HttpStatusCode.Found, await SendAsync("/moved/302"));
    }

    [Fact]
    public async Task A_token_is_fetched_once_and_renewed_before_it_expires()
    {
        Use(new HttpClientConfig
        {
            OAuth2 = new OAuth2Config
            {
                ClientId = "id", ClientSecret = new Secret("s:1"), TokenUrl = new Uri(_server!.Address, "/token").ToString(),
                Scopes = ["a", "b"], EndpointParams = [new("audience", "x")],
            },
        });

        await SendAsync("/page");
        await SendAsync("/page");
        _time.Advance(TimeSpan.FromSeconds(51));
        await SendAsync("/page");

        string token = $"POST /token Basic {Base64("id:s%3A1")} body=grant_type=client_credentials&scope=a+b&audience=x";
        Assert.Equal([token, "GET /page Bearer token-1", "GET /page Bearer token-1", token, "GET /page Bearer token-2"], _seen);
    }

    [Fact]
    public async Task A_token_server_that_takes_no_header_gets_the_secret_in_the_body_and_is_remembered()
    {
        _refuseTokenHeader = true;
        Use(new HttpClientConfig
        {
            OAuth2 = new OAuth2Config { ClientId = "id", ClientSecret = new Secret("s"), TokenUrl = TokenUrl },
        });

        await SendAsync("/page");
        _time.Advance(TimeSpan.FromSeconds(51));
        await SendAsync("/page");

        const string Body = "POST /token  body=grant_type=client_credentials&client_id=id&client_secret=s";
        Assert.Equal(
            [$"POST /token Basic {Base64("id:s")} body=grant_type=client_credentials", Body, "GET /page Bearer token-1",
                Body, "GET /page Bearer token-2"],
            _seen);
    }

    [Fact]
    public async Task A_refused_token_request_fails_with_what_the_server_said()
    {
        Use(new HttpClientConfig
        {
            OAuth2 = new OAuth2Config { ClientId = "id", TokenUrl = new Uri(_server!.Address, "/nothing").ToString() },
        });

        HttpRequestException error = await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync("/page"));

        Assert.Contains("/nothing answered 404: there is no page /nothing here", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "RS256")]
    [InlineData("RS384", "RS384")]
    [InlineData("RS512", "RS512")]
    public async Task A_token_can_be_had_for_an_assertion_signed_with_an_rsa_key(string algorithm, string expected)
    {
        using RSA rsa = RSA.Create(2048);
        string file = Path.Combine(_folder, "rsa.pem");
        await File.WriteAllTextAsync(file, rsa.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        Use(new HttpClientConfig
        {
            OAuth2 = new OAuth2Config
            {
                ClientId = "id", GrantType = OAuth2Config.JwtBearer, TokenUrl = TokenUrl, SignatureAlgorithm = algorithm,
                ClientCertificateKeyId = "k1", ClientCertificateKeyFile = file, Scopes = ["a", "b"], Claims = """{"team":["x"]}""",
            },
        });

        await SendAsync("/page");

        Assert.Equal("GET /page Bearer token-1", _seen[1]);
        const string Start = "POST /token  body=grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
        Assert.StartsWith(Start, _seen[0], StringComparison.Ordinal);
        string[] parts = _seen[0][Start.Length..].Split('.');
        Assert.Equal($$"""{"alg":"{{expected}}","typ":"JWT","kid":"k1"}""", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])));
        using JsonDocument claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        long now = _time.GetUtcNow().ToUnixTimeSeconds();
        JsonElement root = claims.RootElement;
        Assert.Equal(
            $"id id {TokenUrl} {now} {now + 3600} a b x",
            $"{root.GetProperty("iss")} {root.GetProperty("sub")} {root.GetProperty("aud")} {root.GetProperty("iat")} "
            + $"{root.GetProperty("exp")} {root.GetProperty("scope")} {root.GetProperty("team")[0]}");
        Assert.True(rsa.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]),
            new HashAlgorithmName("SHA" + expected[2..]), RSASignaturePadding.Pkcs1));
    }

    private void Use(HttpClientConfig config) => _client = new HttpMessageInvoker(HttpHandlerBuilder.Build(config, _time));

    private async Task<HttpStatusCode> SendAsync(string path, string? body = null)
    {
        using HttpRequestMessage request = new(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(_server!.Address, path));
        request.Content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        using HttpResponseMessage response = await _client!.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private async Task RecordAsync(HttpContext context)
    {
        using StreamReader reader = new(context.Request.Body);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        string header = context.Request.Headers["X-Test"].ToString();
        _seen.Add($"{context.Request.Method} {context.Request.Path} {context.Request.Headers.Authorization}"
            + (header.Length > 0 ? $" X-Test={header}" : "") + (body.Length > 0 ? $" body={body}" : ""));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        await RecordAsync(context);
        await context.WriteTextAsync(200, "ok");
    }

    private async Task RedirectAsync(HttpContext context, string target)
    {
        await RecordAsync(context);
        context.Response.StatusCode = int.Parse(context.RouteValue("code"), System.Globalization.CultureInfo.InvariantCulture);
        context.Response.Headers.Location = target;
    }

    private async Task TokenAsync(HttpContext context)
    {
        await RecordAsync(context);
        if (_refuseTokenHeader && context.Request.Headers.Authorization.Count > 0)
        {
            await context.WriteTextAsync(401, "invalid_client");
            return;
        }

        await context.WriteAsync(200, "application/json", $$"""{"access_token":"token-{{++_tokens}}","expires_in":60}""");
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static async Task<HttpServer> StartAsync(RouteTable routes)
    {
        HttpServer server = new(
            "test", new HttpServerOptions { ListenAddress = "127.0.0.1:0" }, routes, new MetricRegistry(),
            NullLoggerFactory.Instance, TimeProvider.System);
        await server.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }
}

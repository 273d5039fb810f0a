using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>AWS's security token service on loopback: hands out the role session it is told, and keeps what it was asked.</summary>
public sealed class FakeTokenService : IDisposable
{
    private readonly LoopbackHttpServer _server;

    public FakeTokenService() => _server = new LoopbackHttpServer(AnswerAsync);

    public string Address => "http://" + _server.Address;

    public string SessionKey { get; } = "ASIAE2ESESSION000001";

    public string SessionSecret { get; } = "e2e-session-secret";

    public string SessionToken { get; } = "e2e-session-token";

    /// <summary>The form of each request, with its Authorization header behind.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public void Dispose() => _server.Dispose();

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using StreamReader reader = new(context.Request.InputStream);
        string form = await reader.ReadToEndAsync();
        Requests.Enqueue($"{form}\n{context.Request.Headers["Authorization"]}");
        string expiration = TimeProvider.System.GetUtcNow().AddHours(1)
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        byte[] answer = Encoding.UTF8.GetBytes($"""
            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <AssumeRoleResult>
                <AssumedRoleUser>
                  <AssumedRoleId>AROAE2E:session</AssumedRoleId>
                  <Arn>arn:aws:sts::123456789012:assumed-role/metrics/session</Arn>
                </AssumedRoleUser>
                <Credentials>
                  <AccessKeyId>{SessionKey}</AccessKeyId>
                  <SecretAccessKey>{SessionSecret}</SecretAccessKey>
                  <SessionToken>{SessionToken}</SessionToken>
                  <Expiration>{expiration}</Expiration>
                </Credentials>
              </AssumeRoleResult>
              <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>
            </AssumeRoleResponse>
            """);
        context.Response.ContentType = "text/xml";
        await context.Response.OutputStream.WriteAsync(answer);
        context.Response.Close();
    }
}

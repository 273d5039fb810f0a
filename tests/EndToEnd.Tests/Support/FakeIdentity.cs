using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>
/// Whoever hands out AWS credentials, on loopback: the token service (roles, web identity), the container endpoint of
/// ECS and EKS Pod Identity, the portal of single sign-on, the instance metadata service (version 2 only).
/// </summary>
public sealed class FakeIdentity : IAsyncDisposable
{
    /// <summary>Where the credentials of a task lie on the host that all tasks have.</summary>
    public const string RelativeUri = "/v2/credentials/task-1";

    /// <summary>What somebody who signed in has in the cache of tokens.</summary>
    public const string SsoToken = "sso-access-token";

    private const string MetadataToken = "metadata-session-token";
    private const string RoleFolder = "/latest/meta-data/iam/security-credentials";

    private readonly ScriptedHttpServer _server;

    public FakeIdentity()
    {
        _server = new ScriptedHttpServer(request => Task.FromResult(Answer(request)));
    }

    /// <summary>What everybody is given.</summary>
    public static AwsCredentials Session { get; } = new("ASIASESSION", "session-secret", "session-token");

    /// <summary>What everybody but the portal is given once a test says so.</summary>
    public static AwsCredentials SecondSession { get; } = new("ASIASECOND", "second-secret", "second-token");

    public bool GiveSecondSession { get; set; }

    public string Url => _server.Url.OriginalString;

    /// <summary>Method, target, body and authorization of each request.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>The path of a config file whose default profile runs a process that prints <see cref="Session"/>.</summary>
    public static string WriteProcessProfile(WorkingFolder folder, string? expiration = null)
    {
        string end = expiration is null ? "" : $", \"Expiration\": \"{expiration}\"";
        string keys = folder.Write(
            "keys.json",
            $"{{\"Version\": 1, \"AccessKeyId\": \"{Session.AccessKeyId}\", \"SecretAccessKey\": \"{Session.SecretAccessKey}\", "
            + $"\"SessionToken\": \"{Session.SessionToken}\"{end}}}");
        return folder.Write("config", $"[default]\ncredential_process = /bin/cat {keys}\n");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private ScriptedResponse Answer(ScriptedRequest request)
    {
        string authorization = request.Headers.GetValueOrDefault("Authorization", "");
        string body = Encoding.UTF8.GetString(request.Body);
        Requests.Enqueue($"{request.Method} {request.Target} {body} {authorization}");
        if (request.Method == "POST")
        {
            if (body.Contains("Action=GetCallerIdentity", StringComparison.Ordinal))
            {
                return FakeAws.Answer(200, "text/xml", CallerAnswer);
            }

            string operation = body.Contains("Action=AssumeRoleWithWebIdentity", StringComparison.Ordinal)
                ? "AssumeRoleWithWebIdentity"
                : "AssumeRole";
            return FakeAws.Answer(200, "text/xml", TokenAnswer(operation, GiveSecondSession ? SecondSession : Session));
        }

        if (request.Target == "http://169.254.170.2" + RelativeUri)
        {
            return FakeAws.Answer(200, "application/json", KeysJson());
        }

        if (request.Target.StartsWith("/federation/credentials?", StringComparison.Ordinal))
        {
            bool isKnown = request.Headers.GetValueOrDefault("x-amz-sso_bearer_token") == SsoToken
                && request.Target.Contains("role_name=metrics", StringComparison.Ordinal)
                && request.Target.Contains("account_id=123456789012", StringComparison.Ordinal);
            return isKnown
                ? FakeAws.Answer(200, "application/json", RoleJson())
                : FakeAws.Answer(401, "application/json", "{}");
        }

        if (request.Target == "/v1/credentials")
        {
            return authorization == "pod-identity-token"
                ? FakeAws.Answer(200, "application/json", KeysJson())
                : FakeAws.Answer(401, "text/plain", "no");
        }

        return Metadata(request);
    }

    private ScriptedResponse Metadata(ScriptedRequest request)
    {
        if (request is { Method: "PUT", Target: "/latest/api/token" })
        {
            return FakeAws.Answer(200, "text/plain", MetadataToken);
        }

        if (request.Headers.GetValueOrDefault("X-aws-ec2-metadata-token") != MetadataToken)
        {
            return FakeAws.Answer(401, "text/plain", "");
        }

        return request.Target.TrimEnd('/') switch
        {
            RoleFolder => FakeAws.Answer(200, "text/plain", "node-role"),
            "/latest/meta-data/placement/region" => FakeAws.Answer(200, "text/plain", "eu-central-1"),
            RoleFolder + "/node-role" => FakeAws.Answer(200, "application/json", KeysJson()),
            _ => FakeAws.Answer(404, "text/plain", ""),
        };
    }

    private const string CallerAnswer = """
        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <GetCallerIdentityResult>
            <Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn><UserId>AROA:s</UserId><Account>123456789012</Account>
          </GetCallerIdentityResult>
          <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>
        </GetCallerIdentityResponse>
        """;

    private string KeysJson() => KeysJson(GiveSecondSession ? SecondSession : Session);

    private static string KeysJson(AwsCredentials session) => $$"""
        {"Code": "Success", "LastUpdated": "2026-01-01T00:00:00Z", "Type": "AWS-HMAC", "RoleArn": "arn:aws:iam::123456789012:role/r",
         "AccessKeyId": "{{session.AccessKeyId}}", "SecretAccessKey": "{{session.SecretAccessKey}}", "Token": "{{session.SessionToken}}",
         "Expiration": "{{InAnHour()}}"}
        """;

    private static string RoleJson() => $$$"""
        {"roleCredentials": {"accessKeyId": "{{{Session.AccessKeyId}}}", "secretAccessKey": "{{{Session.SecretAccessKey}}}",
         "sessionToken": "{{{Session.SessionToken}}}",
         "expiration": {{{TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds()}}} }}
        """;

    private static string TokenAnswer(string operation, AwsCredentials session) => $"""
        <{operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <{operation}Result>
            <AssumedRoleUser><AssumedRoleId>AROA:s</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn></AssumedRoleUser>
            <Credentials>
              <AccessKeyId>{session.AccessKeyId}</AccessKeyId>
              <SecretAccessKey>{session.SecretAccessKey}</SecretAccessKey>
              <SessionToken>{session.SessionToken}</SessionToken>
              <Expiration>{InAnHour()}</Expiration>
            </Credentials>
          </{operation}Result>
          <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>
        </{operation}Response>
        """;

    private static string InAnHour() => TimeProvider.System.GetUtcNow().AddHours(1)
        .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

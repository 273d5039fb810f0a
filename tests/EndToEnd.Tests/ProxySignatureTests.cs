using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.Runtime.Internal.Auth;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>
/// Awkward requests through a running proxy: what arrives is signed as our server, botocore and the AWS SDK for .NET want it
/// signed, each by its own canonical request.
/// </summary>
public sealed class ProxySignatureTests
{
    private static readonly AwsCredentials s_credentials = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPx", "FQoGZXIvYXdzEXAMPLE//token==");

    [Fact]
    public async Task Awkward_requests_arrive_with_the_signature_that_other_signers_make()
    {
        await using SigningUpstream upstream = new(s_credentials);
        await using RunningProgram proxy = await StartAsync(upstream);
        List<string> cases = ReadCases();
        foreach (string request in cases)
        {
            string answer = await SendAsync(proxy.Port, request);
            Assert.True(
                answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal),
                proxy.Describe($"{request}\n--- was answered\n{answer}"));
        }

        ScriptedRequest[] arrived = [.. upstream.Requests];
        arrived = arrived[^cases.Count..];
        JsonArray signed = await Botocore.SignAsync(ToJson(arrived));
        for (int index = 0; index < arrived.Length; index++)
        {
            AssertSame(arrived[index], signed[index]!, cases[index]);
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(-20)]
    public async Task A_machine_whose_clock_is_off_signs_right_after_its_first_request(int minutes)
    {
        using WorkingFolder folder = new();
        SteppedClock clock = new(folder);
        clock.Set(TimeSpan.FromMinutes(minutes));
        await using SigningUpstream upstream = new(s_credentials);
        await using RunningProgram proxy = await StartAsync(upstream, clock.Environment);
        for (int index = 0; index < 5; index++)
        {
            await proxy.GetAsync("/api/v1/labels");
        }

        Assert.Single(upstream.Refusals, static refusal => refusal.Length > 0);
        Assert.Contains("this machine's clock is wrong", proxy.Output, StringComparison.Ordinal);

        // Somebody sets the clock: the correction has become wrong, which one refused signature tells.
        clock.Set(TimeSpan.Zero);
        for (int index = 0; index < 5; index++)
        {
            await proxy.GetAsync("/api/v1/labels");
        }

        Assert.Equal(2, upstream.Refusals.Count(static refusal => refusal.Length > 0));
        Assert.Contains("this machine's clock is right again", proxy.Output, StringComparison.Ordinal);
    }

    private static void AssertSame(ScriptedRequest arrived, JsonNode botocore, string request)
    {
        string authorization = arrived.Headers[AmzHeaders.Authorization];
        Assert.True((string)botocore["authorization"]! == authorization, $"{request}\nbotocore: {botocore}\nsent: {authorization}");
        Assert.Equal(PayloadHash.Of(arrived.Body), arrived.Headers[AmzHeaders.ContentSha256]);
        Assert.True(AmzDate.TryParse(arrived.Headers[AmzHeaders.Date], out DateTimeOffset signedAt));
        AWS4SigningResult sdk = AWS4Signer.ComputeSignature(
            s_credentials.AccessKeyId,
            s_credentials.SecretAccessKey,
            Pipeline.Region,
            signedAt.UtcDateTime,
            "aps",
            SignedNames(arrived),
            (string)botocore["canonical"]!);
        Assert.EndsWith(sdk.Signature, authorization, StringComparison.Ordinal);
        string[] names = SignedNames(arrived).Split(';');
        Assert.Contains("host", names);
        Assert.DoesNotContain("user-agent", names);
        Assert.DoesNotContain("traceparent", names);
        Assert.DoesNotContain("x-forwarded-for", names);
        Assert.All(
            arrived.Headers.Keys,
            name => Assert.True(
                !name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) || Array.IndexOf(names, name.ToLowerInvariant()) >= 0, name));
    }

    /// <summary>What arrived, less what the signature added: botocore adds that itself.</summary>
    private static JsonArray ToJson(ScriptedRequest[] arrived)
    {
        JsonArray cases = [];
        foreach (ScriptedRequest request in arrived)
        {
            JsonObject headers = [];
            foreach (string name in SignedNames(request).Split(';'))
            {
                if (name is not ("x-amz-date" or "x-amz-security-token"))
                {
                    headers[name] = request.Headers[name];
                }
            }

            cases.Add(new JsonObject
            {
                ["method"] = request.Method,
                ["url"] = $"http://{request.Headers["Host"]}{request.Target}",
                ["headers"] = headers,
                ["body"] = Convert.ToBase64String(request.Body),
                ["key"] = s_credentials.AccessKeyId,
                ["secret"] = s_credentials.SecretAccessKey,
                ["token"] = s_credentials.SessionToken,
                ["region"] = Pipeline.Region,
                ["service"] = "aps",
                ["timestamp"] = request.Headers[AmzHeaders.Date],
            });
        }

        return cases;
    }

    private static string SignedNames(ScriptedRequest request) =>
        request.Headers[AmzHeaders.Authorization].Split("SignedHeaders=")[1].Split(',')[0];

    private static async Task<RunningProgram> StartAsync(
        SigningUpstream upstream, IReadOnlyDictionary<string, string>? environment = null)
    {
        int port = Ports.Free();
        Dictionary<string, string> surroundings = new(environment ?? new Dictionary<string, string>())
        {
            ["AWS_ACCESS_KEY_ID"] = s_credentials.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = s_credentials.SecretAccessKey,
            ["AWS_SESSION_TOKEN"] = s_credentials.SessionToken!,
        };
        RunningProgram proxy = RunningProgram.Start(
            Programs.Proxy, port,
            [
                "--host", upstream.Address, "--upstream-url-scheme=http", "--region", Pipeline.Region, $"--port={port}",
                $"--admin.listen-address=127.0.0.1:{Ports.Free()}",
            ],
            surroundings);
        await proxy.WaitUntilReadyAsync("/ready");
        return proxy;
    }

    /// <summary>The paragraphs of the table as they go over the wire.</summary>
    private static List<string> ReadCases()
    {
        List<string> cases = [];
        string text = File.ReadAllText(Oracle.TestData("sigv4/awkward_requests.txt")).ReplaceLineEndings("\n");
        foreach (string paragraph in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            if (paragraph.StartsWith('#'))
            {
                continue;
            }

            StringBuilder request = new();
            string? body = null;
            foreach (string line in paragraph.Trim('\n').Split('\n'))
            {
                if (line.StartsWith('>'))
                {
                    body = line[1..].TrimStart();
                }
                else
                {
                    string end = request.Length == 0 ? " HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\n" : "\r\n";
                    request.Append(line).Append(end);
                }
            }

            request.Append(body is null ? "" : $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
            cases.Add(request.Append("\r\n").Append(body).ToString());
        }

        return cases;
    }

    private static async Task<string> SendAsync(int port, string request)
    {
        using TcpClient connection = new();
        await connection.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
        await using NetworkStream stream = connection.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), TestContext.Current.CancellationToken);
        using StreamReader reader = new(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}

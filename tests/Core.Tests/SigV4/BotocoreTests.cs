using System.Text.Json.Nodes;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.SigV4;

/// <summary>The AWS SDK for Python signs; our verifier agrees and our signer signs alike.</summary>
public sealed class BotocoreTests
{
    private static readonly AwsCredentials s_credentials = new("AKIDEXAMPLE", "wJalrXUtnFEMI+bPxRfiCYEXAMPLEKEY");
    private static readonly SigningScope s_scope = new("eu-central-1", "aps");
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Requests_of_prometheus_clients_are_signed_as_botocore_signs_them()
    {
        HeaderField host = new("Host", RandomRequest.Host);
        HeaderField form = new("Content-Type", "application/x-www-form-urlencoded");
        HeaderField[] write =
        [
            host,
            new("Content-Encoding", "snappy"),
            new("Content-Type", "application/x-protobuf"),
            new("X-Prometheus-Remote-Write-Version", "0.1.0"),
        ];
        const string Workspace = "/workspaces/ws-b226cc2a-a446-46a9-933a-ac50479a5568/api/v1";
        await AssertAgreesAsync(
        [
            new("POST", $"{Workspace}/remote_write", "", write, [1, 2, 3]),
            new("GET", $"{Workspace}/query", CanonicalQuery.ToText("query=sum by (a) (rate(x[5m])) + 1"), [host], []),
            new("GET", $"{Workspace}/query", CanonicalQuery.ToText("query=a+b&time=1"), [host], []),
            new("GET", $"{Workspace}/series", CanonicalQuery.ToText("match[]=up&match[]=b&match[]=a"), [host], []),
            new("GET", $"{Workspace}/label/a%2Fb/values", "", [host], []),
            new("GET", $"{Workspace}/label/😀/values", CanonicalQuery.ToText("match[]=😀"), [host], []),
            new("POST", $"{Workspace}/query", "", [host, form], "query=up&time=1"u8.ToArray()),
            new("GET", $"{Workspace}/labels", "", [new("Host", "localhost:9009")], []),
            new("GET", $"{Workspace}/labels", "", [host, new("X-Custom", "  a   b\tc ")], []),
            new("GET", $"{Workspace}/rules:x/'(y)*!$,;=@", "", [host], []),
            new("GET", "/a//b/../c/./d/", "z=1&y=2&y=1", [host], []),
        ]);
    }

    [Fact]
    public async Task Random_requests_signed_by_botocore_verify_and_tampered_ones_do_not()
    {
        Gen gen = Gen.Create(2718);
        List<RandomRequest> requests = [];
        for (int round = 0; round < 300; round++)
        {
            requests.Add(RandomRequest.Create(gen));
        }

        await AssertAgreesAsync(requests);
    }

    private static async Task AssertAgreesAsync(List<RandomRequest> requests)
    {
        string?[] tokens = [null, "FQoGZXIvYXdzEXAMPLE//token=="];
        JsonArray cases = [];
        for (int index = 0; index < requests.Count; index++)
        {
            cases.Add(ToJson(requests[index], tokens[index % 2]));
        }

        JsonArray signed = await Botocore.SignAsync(cases);
        for (int index = 0; index < requests.Count; index++)
        {
            AwsCredentials credentials = s_credentials with { SessionToken = tokens[index % 2] };
            AssertAgrees(requests[index], credentials, signed[index]!);
        }
    }

    private static void AssertAgrees(RandomRequest request, AwsCredentials credentials, JsonNode theirs)
    {
        List<HeaderField> headers = [];
        foreach (JsonNode? header in theirs["headers"]!.AsArray())
        {
            headers.Add(new HeaderField((string)header![0]!, (string)header[1]!));
        }

        HeaderField[] sent = [.. headers];
        HeaderField[] unsigned = Array.FindAll(sent, field => field.Name != AmzHeaders.Authorization);
        SigningSteps ours = new SigV4Signer(s_scope).Explain(
            request.Parts(unsigned), PayloadHash.Of(request.Body), credentials, s_now);
        Assert.Equal((string)theirs["canonical"]!, ours.CanonicalRequest);
        Assert.Equal((string)theirs["string_to_sign"]!, ours.StringToSign);
        Assert.EndsWith(ours.Signature, (string)theirs["authorization"]!, StringComparison.Ordinal);

        SigV4Verifier verifier = new(
            new VerifierOptions { Service = s_scope.Service, Regions = [s_scope.Region] },
            new SingleKey(new VerificationKey(credentials)),
            new ManualTime(s_now));
        Assert.Equal("", verifier.Verify(request.Parts(sent), request.Body).Message);
        Assert.False(verifier.Verify(request.Parts(sent), [.. request.Body, 0]).IsVerified, "body");
        Assert.False(verifier.Verify((request with { Path = request.Path + "x" }).Parts(sent), request.Body).IsVerified);
        Assert.False(verifier.Verify((request with { Query = "x=1" }).Parts(sent), request.Body).IsVerified, "query");
        Assert.False(verifier.Verify((request with { Method = "DELETE" }).Parts(sent), request.Body).IsVerified);
    }

    private static JsonObject ToJson(RandomRequest request, string? token)
    {
        JsonObject headers = [];
        foreach (HeaderField field in request.Headers)
        {
            headers[field.Name] = field.Value;
        }

        return new JsonObject
        {
            ["method"] = request.Method,
            ["url"] = $"http://{request.Headers[0].Value}{request.Target}",
            ["headers"] = headers,
            ["body"] = Convert.ToBase64String(request.Body),
            ["key"] = s_credentials.AccessKeyId,
            ["secret"] = s_credentials.SecretAccessKey,
            ["token"] = token,
            ["region"] = s_scope.Region,
            ["service"] = s_scope.Service,
            ["timestamp"] = AmzDate.ToText(s_now),
        };
    }
}

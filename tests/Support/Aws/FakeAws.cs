using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using AmpEdge.SigV4;

namespace AmpEdge.Tests.Support;

/// <summary>
/// The EC2, ECS and KMS services of one region on loopback: verifies every signature, answers in the protocols of the real
/// ones, in pages, and refuses what the test wants refused.
/// </summary>
public sealed class FakeAws : IVerificationKeys, IAsyncDisposable
{
    public const string Region = "eu-west-1";

    private const string EcsTarget = "AmazonEC2ContainerServiceV20141113.";
    private const string KmsTarget = "TrentService.";

    private readonly ConcurrentDictionary<string, VerificationKey> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SigV4Verifier> _verifiers = new(StringComparer.Ordinal);
    private readonly ScriptedHttpServer _server;

    /// <param name="time">The clock that dates of signatures are checked against.</param>
    public FakeAws(TimeProvider time)
    {
        foreach (string service in (ReadOnlySpan<string>)["ec2", "ecs", "kms"])
        {
            _verifiers[service] = new SigV4Verifier(
                new VerifierOptions { Service = service, Regions = [Region] }, this, time);
        }

        Trust(Key);
        _server = new ScriptedHttpServer(request => Task.FromResult(Answer(request)));
    }

    /// <summary>A key that is accepted from the start.</summary>
    public static AwsCredentials Key { get; } = new("AKIDFAKEAWS", "fake-aws-secret");

    public Uri Url => _server.Url;

    public FakeEc2 Ec2 { get; } = new();

    public FakeEcs Ecs { get; } = new();

    public FakeKms Kms { get; } = new();

    /// <summary>Asked before each answer; what it returns goes out instead.</summary>
    public Func<FakeAwsRequest, ScriptedResponse?> Intercept { get; set; } = static _ => null;

    /// <summary>Every request with a good signature so far.</summary>
    public ConcurrentQueue<FakeAwsRequest> Requests { get; } = [];

    /// <summary>What was wrong with the signatures of the others.</summary>
    public ConcurrentQueue<string> BadSignatures { get; } = [];

    /// <summary>Accepts a key from now on.</summary>
    public void Trust(AwsCredentials credentials) => _keys[credentials.AccessKeyId] = new VerificationKey(credentials);

    /// <summary>How often an operation was asked for.</summary>
    public int Count(string operation)
    {
        int count = 0;
        foreach (FakeAwsRequest request in Requests)
        {
            count += request.Operation == operation ? 1 : 0;
        }

        return count;
    }

    public VerificationKey? Find(ReadOnlySpan<char> accessKeyId) => _keys.GetValueOrDefault(accessKeyId.ToString());

    /// <summary>An error of the Query protocol.</summary>
    public static ScriptedResponse XmlError(int status, string code, string message = "told to") => Answer(
        status, "text/xml;charset=UTF-8",
        $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>"
        + $"<Message>{message}</Message></Error></Errors><RequestID>r-1</RequestID></Response>");

    /// <summary>An error of the JSON protocol.</summary>
    public static ScriptedResponse JsonError(int status, string type, string message = "told to") => Answer(
        status, "application/x-amz-json-1.1",
        new JsonObject { ["__type"] = type, ["message"] = message }.ToJsonString());

    public static ScriptedResponse Answer(int status, string contentType, string body) => new(
        status, new Dictionary<string, string> { ["Content-Type"] = contentType }, Encoding.UTF8.GetBytes(body));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private ScriptedResponse Answer(ScriptedRequest request)
    {
        bool isJson = request.Headers.TryGetValue("X-Amz-Target", out string? target);
        string service = !isJson ? "ec2" : target!.StartsWith(KmsTarget, StringComparison.Ordinal) ? "kms" : "ecs";
        VerificationResult verified = Verify(service, request);
        if (!verified.IsVerified)
        {
            BadSignatures.Enqueue(verified.Message);
            return isJson
                ? JsonError(400, "InvalidSignatureException", verified.Message)
                : XmlError(403, "SignatureDoesNotMatch");
        }

        string keyId = verified.Key!.Credentials.AccessKeyId;
        string body = Encoding.UTF8.GetString(request.Body);
        FakeAwsRequest understood;
        if (isJson)
        {
            understood = new FakeAwsRequest(
                service, target![(service == "kms" ? KmsTarget : EcsTarget).Length..],
                new Dictionary<string, string>(), JsonNode.Parse(body)!.AsObject(), keyId);
        }
        else
        {
            Dictionary<string, string> form = ReadForm(body);
            understood = new FakeAwsRequest(service, form["Action"], form, [], keyId);
        }

        Requests.Enqueue(understood);
        return Intercept(understood) ?? service switch
        {
            "kms" => Kms.Answer(understood),
            "ecs" => Ecs.Answer(understood),
            _ => Ec2.Answer(understood),
        };
    }

    private VerificationResult Verify(string service, ScriptedRequest request)
    {
        List<HeaderField> fields = [];
        foreach ((string name, string value) in request.Headers)
        {
            fields.Add(new HeaderField(name, value));
        }

        return _verifiers[service].Verify(
            RequestParts.FromTarget(request.Method, request.Target, fields.ToArray()), request.Body);
    }

    private static Dictionary<string, string> ReadForm(string body)
    {
        Dictionary<string, string> form = new(StringComparer.Ordinal);
        foreach (string pair in body.Split('&'))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            form[pair[..equals]] = Uri.UnescapeDataString(pair[(equals + 1)..]);
        }

        return form;
    }
}

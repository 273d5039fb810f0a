using System.Collections.Concurrent;
using System.Text;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>A service of AWS on loopback that checks signatures, keeps what came and refuses in AWS's words.</summary>
public sealed class SigningUpstream : IAsyncDisposable, IVerificationKeys
{
    private readonly ConcurrentDictionary<string, VerificationKey> _keys = [];
    private readonly ConcurrentDictionary<string, bool> _ended = [];
    private readonly ScriptedHttpServer _server;
    private readonly SigV4Verifier _verifier;

    public SigningUpstream(params ReadOnlySpan<AwsCredentials> trusted)
        : this(Pipeline.Region, trusted)
    {
    }

    /// <summary>The same in another region.</summary>
    public SigningUpstream(string region, params ReadOnlySpan<AwsCredentials> trusted)
    {
        foreach (AwsCredentials credentials in trusted)
        {
            Trust(credentials);
        }

        _verifier = new SigV4Verifier(
            new VerifierOptions { Service = "aps", Regions = [region] }, this, TimeProvider.System);
        _server = new ScriptedHttpServer(request => Task.FromResult(Answer(request)));
    }

    public string Address => _server.Address;

    /// <summary>What was answered to each request: empty when its signature was good.</summary>
    public ConcurrentQueue<string> Refusals { get; } = [];

    /// <summary>What came, in this order.</summary>
    public ConcurrentQueue<ScriptedRequest> Requests => _server.Requests;

    public void Trust(AwsCredentials credentials) => _keys[credentials.AccessKeyId] = new VerificationKey(credentials);

    /// <summary>Ends the session of a key, before its time.</summary>
    public void End(AwsCredentials credentials) => _ended[credentials.AccessKeyId] = true;

    public VerificationKey? Find(ReadOnlySpan<char> accessKeyId) => _keys.GetValueOrDefault(accessKeyId.ToString());

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>The header lines of a request, as a verifier wants them.</summary>
    public static HeaderField[] Fields(ScriptedRequest request)
    {
        List<HeaderField> fields = [];
        foreach ((string name, string value) in request.Headers)
        {
            fields.Add(new HeaderField(name, value));
        }

        return [.. fields];
    }

    private ScriptedResponse Answer(ScriptedRequest request)
    {
        VerificationResult found = _verifier.Verify(
            RequestParts.FromTarget(request.Method, request.Target, Fields(request)), request.Body);
        bool ended = found.IsVerified && _ended.ContainsKey(found.Key!.Credentials.AccessKeyId);
        string code = ended ? "ExpiredTokenException" : found.ErrorName;
        string message = ended ? "The security token included in the request is expired" : found.Message;
        Refusals.Enqueue(message);
        Dictionary<string, string> headers = new()
        {
            ["Content-Type"] = "application/json",
            ["Date"] = TimeProvider.System.GetUtcNow().ToString("r"),
        };
        if (code.Length > 0)
        {
            headers["x-amzn-ErrorType"] = code;
        }

        return new ScriptedResponse(
            code.Length == 0 ? 200 : 403, headers, Encoding.UTF8.GetBytes($$"""{"message":"{{message}}"}"""));
    }
}

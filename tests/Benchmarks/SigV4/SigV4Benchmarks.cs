using AmpEdge.SigV4;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks;

/// <summary>A remote_write request with a session token: signing and verifying it, without and with its body's hash.</summary>
[MemoryDiagnoser]
public class SigV4Benchmarks : IVerificationKeys
{
    private static readonly AwsCredentials s_credentials = new("AKIDEXAMPLE", "secret", new string('t', 400));
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly VerificationKey _key = new(s_credentials);
    private readonly SigV4Signer _signer = new(new SigningScope("us-east-1", "aps"));
    private readonly byte[] _body = new byte[64 << 10];
    private readonly byte[] _authorization = new byte[4096];
    private HeaderField[] _unsigned = [];
    private HeaderField[] _signed = [];
    private string _hash = "";
    private SigV4Verifier? _verifier;

    [GlobalSetup]
    public void SetUp()
    {
        _hash = PayloadHash.Of(_body);
        _unsigned =
        [
            new("Host", "aps-workspaces.us-east-1.amazonaws.com"),
            new("Content-Encoding", "snappy"),
            new("Content-Type", "application/x-protobuf"),
            new("X-Amz-Content-Sha256", _hash),
            new("X-Amz-Date", AmzDate.ToText(s_now)),
            new("X-Amz-Security-Token", s_credentials.SessionToken ?? ""),
        ];
        string authorization = System.Text.Encoding.ASCII.GetString(_authorization, 0, Sign());
        _signed = [.. _unsigned, new(AmzHeaders.Authorization, authorization)];
        VerifierOptions options = new() { Service = "aps", Regions = ["us-east-1"] };
        _verifier = new SigV4Verifier(options, this, new FixedTime());
    }

    [Benchmark]
    public int Sign() => _signer.WriteAuthorization(
        Parts(_unsigned), _hash, s_credentials, s_now, _authorization);

    [Benchmark]
    public bool Verify() => _verifier!.VerifyHash(Parts(_signed), _hash).IsVerified;

    [Benchmark]
    public string HashOf64KiB() => PayloadHash.Of(_body);

    public VerificationKey? Find(ReadOnlySpan<char> accessKeyId) => _key;

    private static RequestParts Parts(ReadOnlySpan<HeaderField> headers) => new(
        "POST", "/workspaces/ws-b226cc2a-a446-46a9-933a-ac50479a5568/api/v1/remote_write", "", headers);

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => s_now;
    }
}

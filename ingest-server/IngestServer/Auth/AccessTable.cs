using System.Collections.Frozen;
using AmpEdge.IngestServer.Config;
using AmpEdge.SigV4;

namespace AmpEdge.IngestServer.Auth;

/// <summary>
/// Who may call: keys, principals and the verifier over them. Immutable; a reload puts another in its place, so that
/// one request is judged by one configuration from beginning to end.
/// </summary>
internal sealed class AccessTable : IVerificationKeys
{
    /// <summary>The service that credential scopes must name, for both planes.</summary>
    public const string Service = "aps";

    private readonly FrozenDictionary<string, VerificationKey>.AlternateLookup<ReadOnlySpan<char>> _keys;
    private readonly FrozenDictionary<string, Principal> _principals;

    public AccessTable(ServerConfig config, TimeProvider time)
    {
        Dictionary<string, VerificationKey> keys = new(StringComparer.Ordinal);
        Dictionary<string, Principal> principals = new(StringComparer.Ordinal);
        foreach (PrincipalConfig principal in config.Principals)
        {
            keys[principal.AccessKey] = new VerificationKey(new AwsCredentials(
                principal.AccessKey, principal.SecretKey.Reveal(), principal.SessionToken?.Reveal()));
            principals[principal.AccessKey] = new Principal(principal);
        }

        _keys = keys.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _principals = principals.ToFrozenDictionary(StringComparer.Ordinal);
        Config = config;
        Verifier = new SigV4Verifier(new VerifierOptions { Service = Service, Regions = [config.Region] }, this, time);
    }

    /// <summary>The configuration that this table was made from.</summary>
    public ServerConfig Config { get; }

    public SigV4Verifier Verifier { get; }

    public VerificationKey? Find(ReadOnlySpan<char> accessKeyId) =>
        _keys.TryGetValue(accessKeyId, out VerificationKey? key) ? key : null;

    /// <summary>Whose key it is; the key came out of <see cref="Find"/>.</summary>
    public Principal PrincipalOf(VerificationKey key) => _principals[key.Credentials.AccessKeyId];
}

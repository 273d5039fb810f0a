using System.Security.Cryptography;
using System.Text;

namespace AmpEdge.SigV4;

/// <summary>
/// The key that signs: derived by four HMACs from secret, day, region and service. The last one is kept, since it
/// changes once a day; any thread may ask for it at any time.
/// </summary>
internal sealed class SigningKey
{
    public const int Length = 32;

    private volatile Derived? _last;

    /// <summary>The key for a day given as <c>yyyyMMdd</c>. The span stays valid and unchanged.</summary>
    public ReadOnlySpan<byte> Get(string secret, ReadOnlySpan<char> day, SigningScope scope)
    {
        Derived? last = _last;
        if (last is null || !last.IsFor(secret, day, scope))
        {
            last = new Derived(secret, day.ToString(), scope);
            _last = last;
        }

        return last.Key;
    }

    private sealed class Derived
    {
        private readonly string _secret;
        private readonly string _day;
        private readonly SigningScope _scope;
        private readonly byte[] _key = new byte[Length];

        public Derived(string secret, string day, SigningScope scope)
        {
            _secret = secret;
            _day = day;
            _scope = scope;
            byte[] seed = Encoding.UTF8.GetBytes("AWS4" + secret);
            HMACSHA256.HashData(seed, Encoding.UTF8.GetBytes(day), _key);
            HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(scope.Region), _key);
            HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(scope.Service), _key);
            HMACSHA256.HashData(_key, "aws4_request"u8, _key);
            CryptographicOperations.ZeroMemory(seed);
        }

        public ReadOnlySpan<byte> Key => _key;

        public bool IsFor(string secret, ReadOnlySpan<char> day, SigningScope scope) =>
            day.SequenceEqual(_day)
            && string.Equals(secret, _secret, StringComparison.Ordinal)
            && string.Equals(scope.Region, _scope.Region, StringComparison.Ordinal)
            && string.Equals(scope.Service, _scope.Service, StringComparison.Ordinal);
    }
}

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

    /// <summary>Signs text with the key for a day given as <c>yyyyMMdd</c>.</summary>
    /// <param name="secret">Of the credentials.</param>
    /// <param name="day">Of the signature.</param>
    /// <param name="scope">Region and service.</param>
    /// <param name="text">What is signed.</param>
    /// <param name="signature">Takes <see cref="Length"/> bytes.</param>
    public void Sign(
        string secret, ReadOnlySpan<char> day, SigningScope scope, ReadOnlySpan<byte> text, Span<byte> signature)
    {
        Derived? last = _last;
        if (last is null || !last.IsFor(secret, day, scope))
        {
            last = new Derived(secret, day.ToString(), scope);
            _last = last;
        }

        last.Sign(text, signature);
    }

    private sealed class Derived
    {
        private readonly string _secret;
        private readonly string _day;
        private readonly SigningScope _scope;
        private readonly byte[] _key = new byte[Length];
        private IncrementalHash? _idle;

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

        /// <summary>
        /// With a state that has taken in the key already: half of the cost of a short text. One is kept; who finds it in use
        /// makes another.
        /// </summary>
        public void Sign(ReadOnlySpan<byte> text, Span<byte> signature)
        {
            IncrementalHash state = Interlocked.Exchange(ref _idle, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
            state.AppendData(text);
            state.GetHashAndReset(signature);
            Interlocked.Exchange(ref _idle, state)?.Dispose();
        }

        public bool IsFor(string secret, ReadOnlySpan<char> day, SigningScope scope) =>
            day.SequenceEqual(_day)
            && string.Equals(secret, _secret, StringComparison.Ordinal)
            && string.Equals(scope.Region, _scope.Region, StringComparison.Ordinal)
            && string.Equals(scope.Service, _scope.Service, StringComparison.Ordinal);
    }
}

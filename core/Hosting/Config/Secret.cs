using System.Security.Cryptography;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>
/// A value that must not be seen: it prints as <c>&lt;secret&gt;</c>, has no property for serialisers to find, and is
/// taken out only by <see cref="Reveal"/>, which is easy to search for.
/// </summary>
public sealed class Secret : IEquatable<Secret>
{
    public const string Shown = "<secret>";

    private readonly string _value;

    public Secret(string value) => _value = value;

    public bool IsEmpty => _value.Length == 0;

    /// <summary>The value itself: only for what goes to the peer that it is meant for.</summary>
    public string Reveal() => _value;

    /// <summary>In constant time for equal lengths, so that comparing does not tell the value.</summary>
    public bool Equals(Secret? other) =>
        other is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(_value), Encoding.UTF8.GetBytes(other._value));

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => _value.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Shown;
}

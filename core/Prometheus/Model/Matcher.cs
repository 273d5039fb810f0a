using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace AmpEdge.Prometheus;

/// <summary>
/// One condition on a label: <c>name="value"</c>, <c>!=</c>, <c>=~</c> or <c>!~</c>. An absent label counts as an
/// empty value. Expressions are anchored at both ends and match in linear time.
/// </summary>
public sealed class Matcher : IEquatable<Matcher>
{
    private readonly byte[] _utf8Value;

    private Matcher(MatcherType type, string name, string value, AnchoredRegex? regex)
    {
        Type = type;
        Name = name;
        Value = value;
        Regex = regex;
        Utf8Name = Encoding.UTF8.GetBytes(name);
        _utf8Value = Encoding.UTF8.GetBytes(value);
    }

    /// <exception cref="FormatException">The value of a regex matcher is not an expression of RE2.</exception>
    public Matcher(MatcherType type, string name, string value)
        : this(type, name, value, IsRegex(type) ? AnchoredRegex.Create(value) : null)
    {
    }

    public MatcherType Type { get; }

    public string Name { get; }

    public string Value { get; }

    public ReadOnlyMemory<byte> Utf8Name { get; }

    public ReadOnlyMemory<byte> Utf8Value => _utf8Value;

    /// <summary>The compiled expression of a regex matcher, with its shortcuts; null for = and !=.</summary>
    public AnchoredRegex? Regex { get; }

    /// <summary>True for != and !~.</summary>
    public bool IsNegative => Type is MatcherType.NotEqual or MatcherType.NotRegex;

    /// <summary>Whether a series without the label matches.</summary>
    public bool MatchesEmpty => Matches([]);

    /// <summary>
    /// The values a positive matcher can have, sorted, where they are few and known; null otherwise and for negative
    /// matchers.
    /// </summary>
    public IReadOnlyList<byte[]>? SetMatches => Type switch
    {
        MatcherType.Equal => [_utf8Value],
        MatcherType.Regex => Regex?.SetMatches,
        _ => null,
    };

    /// <summary>What every matching value of a positive matcher begins with; may be empty.</summary>
    public ReadOnlySpan<byte> Prefix => Type switch
    {
        MatcherType.Equal => _utf8Value,
        MatcherType.Regex when Regex is { } regex => regex.Prefix,
        _ => [],
    };

    /// <summary>Makes a matcher; on failure <paramref name="error"/> tells what is wrong with the expression.</summary>
    public static bool TryCreate(
        MatcherType type,
        string name,
        string value,
        [NotNullWhen(true)] out Matcher? matcher,
        [NotNullWhen(false)] out string? error)
    {
        AnchoredRegex? regex = null;
        error = null;
        matcher = IsRegex(type) && !AnchoredRegex.TryCreate(value, out regex, out error)
            ? null
            : new Matcher(type, name, value, regex);
        return matcher is not null;
    }

    /// <summary>Whether a label value (empty for an absent label) meets the condition.</summary>
    public bool Matches(ReadOnlySpan<byte> value) => Type switch
    {
        MatcherType.Equal => value.SequenceEqual(_utf8Value),
        MatcherType.NotEqual => !value.SequenceEqual(_utf8Value),
        MatcherType.Regex => Regex!.IsMatch(value),
        _ => !Regex!.IsMatch(value),
    };

    /// <summary>Whether a label set meets the condition.</summary>
    public bool Matches(Labels labels) => Matches(labels.Get(Utf8Name.Span));

    public bool Equals(Matcher? other) =>
        other is not null && Type == other.Type && Name == other.Name && Value == other.Value;

    public override bool Equals(object? obj) => Equals(obj as Matcher);

    public override int GetHashCode() => HashCode.Combine(Type, Name, Value);

    /// <summary>As in an expression: <c>job=~"api.*"</c>.</summary>
    public override string ToString()
    {
        string name = LabelNames.IsLegacyLabelName(Utf8Name.Span) ? Name : LabelsFormatter.Quote(Name);
        return $"{name}{OperatorOf(Type)}{LabelsFormatter.Quote(Value)}";
    }

    private static bool IsRegex(MatcherType type) => type is MatcherType.Regex or MatcherType.NotRegex;

    private static string OperatorOf(MatcherType type) => type switch
    {
        MatcherType.Equal => "=",
        MatcherType.NotEqual => "!=",
        MatcherType.Regex => "=~",
        _ => "!~",
    };
}

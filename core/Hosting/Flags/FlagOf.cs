using System.CommandLine;
using System.Globalization;

namespace AmpEdge.Hosting;

/// <summary>A flag with its value; read <see cref="Value"/> after <see cref="CommandLine.TryParse"/>.</summary>
public sealed class Flag<T> : Flag
{
    private readonly FlagReader<T> _read;

    internal Flag(string name, string sentence, Option option, T defaultValue, FlagReader<T> read)
        : base(name, sentence, option)
    {
        _read = read;
        Value = defaultValue;
    }

    /// <summary>The given value, or the default.</summary>
    public T Value { get; private set; }

    public override string ValueText => Value switch
    {
        bool flag => flag ? "true" : "false",
        TimeSpan duration => PrometheusDuration.Format(duration),
        IReadOnlyList<string> texts => string.Join(',', texts),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => Value?.ToString() ?? "",
    };

    internal override string? Take(ParseResult parsed)
    {
        if (parsed.GetResult(Option) is not { Implicit: false } given)
        {
            return null;
        }

        IsSet = true;
        List<string> texts = [];
        foreach (System.CommandLine.Parsing.Token token in given.Tokens)
        {
            texts.Add(token.Value);
        }

        string? problem = _read(texts, out T value);
        Value = problem is null ? value : Value;
        return problem is null ? null : $"flag --{Name}: {problem}";
    }
}

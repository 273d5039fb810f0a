using System.CommandLine;
using System.Globalization;

namespace AmpEdge.Hosting;

/// <summary>Flags that stand together in the help. Every method adds one flag and returns it.</summary>
public sealed class FlagGroup
{
    private readonly List<Flag> _flags = [];
    private readonly CommandLine _owner;

    internal FlagGroup(CommandLine owner, string title)
    {
        _owner = owner;
        Title = title;
    }

    internal string Title { get; }

    internal IReadOnlyList<Flag> Flags => _flags;

    /// <summary>A text; the default may be empty, which help then leaves out.</summary>
    public Flag<string> Text(
        string name, string defaultValue, string sentence, string valueName = "TEXT", string? alias = null) =>
        Add(name, alias, defaultValue, valueName, defaultValue, sentence,
            static (IReadOnlyList<string> given, out string value) => Single(given, out value));

    /// <summary>A flag that may be given several times.</summary>
    public Flag<IReadOnlyList<string>> Texts(
        string name, string sentence, string valueName = "TEXT", string? alias = null) =>
        Add<IReadOnlyList<string>>(name, alias, [], valueName + " …", "", sentence,
            static (IReadOnlyList<string> given, out IReadOnlyList<string> value) =>
            {
                value = given;
                return null;
            });

    /// <summary>Off unless given; <c>--no-NAME</c> and <c>--NAME=false</c> turn it off again.</summary>
    public Flag<bool> Switch(string name, string sentence, bool defaultValue = false, string? alias = null)
    {
        Option<bool> option = new("--" + name) { Arity = ArgumentArity.ZeroOrOne };
        AddAlias(option, alias);
        _owner.AddNegation(name);
        return Register(new Flag<bool>(name, sentence, option, defaultValue, ReadSwitch)
        {
            DefaultText = defaultValue ? "true" : "",
        });
    }

    /// <summary>One of a few words.</summary>
    public Flag<string> Choice(string name, string defaultValue, string[] choices, string sentence) =>
        Add(name, null, defaultValue, string.Join('|', choices), defaultValue, sentence,
            (IReadOnlyList<string> given, out string value) =>
                Single(given, out value) ?? (choices.Contains(value) ? null : Refused(value, string.Join(", ", choices))));

    /// <summary>Any of some words, separated by commas or by giving the flag again.</summary>
    public Flag<IReadOnlyList<string>> Words(string name, string[] words, string sentence) =>
        Add<IReadOnlyList<string>>(name, null, [], "WORD,…", "", sentence,
            (IReadOnlyList<string> given, out IReadOnlyList<string> value) =>
            {
                List<string> found = [];
                string? problem = null;
                foreach (string text in given)
                {
                    foreach (string word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                    {
                        found.Add(word);
                        problem ??= words.Contains(word) ? null : Refused(word, string.Join(", ", words));
                    }
                }

                value = found;
                return problem;
            });

    /// <summary>A whole number within bounds, both inclusive.</summary>
    public Flag<long> Number(string name, long defaultValue, long min, long max, string sentence, string? alias = null) =>
        Add(name, alias, defaultValue, "NUMBER", defaultValue.ToString(CultureInfo.InvariantCulture), sentence,
            (IReadOnlyList<string> given, out long value) =>
            {
                value = 0;
                return Single(given, out string text)
                    ?? (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
                        && value >= min && value <= max
                        ? null
                        : Refused(text, $"a whole number from {min} to {max}"));
            });

    /// <summary>A duration as Prometheus writes it: <c>15s</c>, <c>1h30m</c>.</summary>
    public Flag<TimeSpan> Duration(string name, TimeSpan defaultValue, string sentence, string? alias = null) =>
        Add(name, alias, defaultValue, "DURATION", PrometheusDuration.Format(defaultValue), sentence,
            static (IReadOnlyList<string> given, out TimeSpan value) =>
            {
                value = default;
                return Single(given, out string text)
                    ?? (PrometheusDuration.TryParse(text, out value, out string problem)
                        ? null
                        : $"{problem} (got '{text}', allowed: {PrometheusDuration.Allowed})");
            });

    /// <summary>A size in bytes with a unit of powers of 1024: <c>512MB</c>, <c>1GiB</c>.</summary>
    public Flag<ByteSize> Size(string name, ByteSize defaultValue, string sentence) =>
        Add(name, null, defaultValue, "SIZE", defaultValue.ToString(), sentence,
            static (IReadOnlyList<string> given, out ByteSize value) =>
            {
                value = default;
                return Single(given, out string text)
                    ?? (ByteSize.TryParse(text, out value, out string problem)
                        ? null
                        : $"{problem} (got '{text}', allowed: {ByteSize.Allowed})");
            });

    /// <summary>An http or https URL; empty unless given.</summary>
    public Flag<string> Url(string name, string sentence) =>
        Add(name, null, "", "URL", "", sentence,
            static (IReadOnlyList<string> given, out string value) =>
                Single(given, out value)
                ?? (value.Length == 0 || (Uri.TryCreate(value, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https")
                    ? null
                    : Refused(value, "an http:// or https:// URL with a host")));

    /// <summary>A <c>host:port</c> to listen on.</summary>
    public Flag<string> Listen(string name, string defaultValue, string sentence) =>
        Add(name, null, defaultValue, "HOST:PORT", defaultValue, sentence,
            static (IReadOnlyList<string> given, out string value) =>
                Single(given, out value)
                ?? (ListenAddress.TryParse(value, out _, out string problem) ? null : problem));

    private static string Refused(string got, string allowed) => $"value refused (got '{got}', allowed: {allowed})";

    private static string? Single(IReadOnlyList<string> given, out string value)
    {
        value = given.Count > 0 ? given[^1] : "";
        return given.Count == 1 ? null : $"given {given.Count} times, allowed: once";
    }

    private static string? ReadSwitch(IReadOnlyList<string> given, out bool value)
    {
        value = given.Count == 0 || given[^1].Equals("true", StringComparison.OrdinalIgnoreCase);
        return null;
    }

    private static void AddAlias(Option option, string? alias)
    {
        if (alias is not null)
        {
            option.Aliases.Add(alias);
        }
    }

    private Flag<T> Add<T>(
        string name, string? alias, T defaultValue, string valueName, string defaultText, string sentence,
        FlagReader<T> read)
    {
        Option<string[]> option = new("--" + name)
        {
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        AddAlias(option, alias);
        return Register(new Flag<T>(name, sentence, option, defaultValue, read)
        {
            ValueName = valueName,
            DefaultText = defaultText,
        });
    }

    private Flag<T> Register<T>(Flag<T> flag)
    {
        _flags.Add(flag);
        return flag;
    }
}

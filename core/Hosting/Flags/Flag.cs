using System.CommandLine;

namespace AmpEdge.Hosting;

/// <summary>One flag as the parser and the help page see it.</summary>
public abstract class Flag
{
    private protected Flag(string name, string sentence, Option option)
    {
        Name = name;
        Sentence = sentence;
        Option = option;
    }

    /// <summary>Without the dashes: <c>config.file</c>.</summary>
    public string Name { get; }

    /// <summary>True when it was given on the command line.</summary>
    public bool IsSet { get; private protected set; }

    /// <summary>The value, given or default, as one would write it.</summary>
    public abstract string ValueText { get; }

    internal string Sentence { get; }

    internal Option Option { get; }

    /// <summary>What stands for the value in the help: <c>DURATION</c>; empty for a switch.</summary>
    internal string ValueName { get; init; } = "";

    /// <summary>The default as help shows it; empty for none.</summary>
    internal string DefaultText { get; init; } = "";

    /// <summary>Takes the value from a parsed command line; returns the problem or null.</summary>
    internal abstract string? Take(ParseResult parsed);
}

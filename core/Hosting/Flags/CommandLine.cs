using System.CommandLine;
using System.Reflection;

namespace AmpEdge.Hosting;

/// <summary>
/// The flags of a program, spelled as Prometheus spells them: <c>--config.file=x</c> or <c>--config.file x</c>,
/// switches with <c>--no-…</c>, repeated flags where a list is meant. <c>--help</c> and <c>--version</c> are built in.
/// </summary>
public sealed class CommandLine
{
    private readonly List<FlagGroup> _groups = [];
    private readonly List<PositionalArgument> _arguments = [];
    private ListArgument? _list;
    private readonly HashSet<string> _switches = new(StringComparer.Ordinal);
    private readonly string _program;
    private readonly string _sentence;
    private readonly BuildVersion _version;

    /// <param name="program">The name it is started by.</param>
    /// <param name="sentence">What it is, in one sentence.</param>
    /// <param name="assembly">Whose version <c>--version</c> prints.</param>
    public CommandLine(string program, string sentence, Assembly assembly)
    {
        _program = program;
        _sentence = sentence;
        _version = BuildVersion.Of(assembly);
    }

    /// <summary>Begins a group of flags; groups appear in the help in this order.</summary>
    public FlagGroup Group(string title)
    {
        FlagGroup group = new(this, title);
        _groups.Add(group);
        return group;
    }

    /// <summary>
    /// Adds a value that stands without a flag, such as a folder, and has to be given; several are told apart by their order.
    /// </summary>
    /// <param name="name">What stands for it in the help: <c>DIR</c>.</param>
    /// <param name="sentence">What it is.</param>
    public PositionalArgument Argument(string name, string sentence)
    {
        PositionalArgument argument = new(name, sentence);
        _arguments.Add(argument);
        return argument;
    }

    /// <summary>Adds values that stand without a flag, at least one, behind those of <see cref="Argument"/>.</summary>
    /// <param name="name">What stands for one in the help: <c>FILE</c>.</param>
    /// <param name="sentence">What they are.</param>
    public ListArgument Arguments(string name, string sentence) => _list = new ListArgument(name, sentence);

    /// <summary>
    /// Reads the command line into the flags. False when the program has to end with <paramref name="exitCode"/>:
    /// help or version was asked for (0), or the flags are wrong (2); everything to say has then been said.
    /// </summary>
    public bool TryParse(IReadOnlyList<string> args, TextWriter output, TextWriter error, out int exitCode)
    {
        Option<bool> help = new("--help", "-h");
        Option<bool> version = new("--version");
        ParseResult parsed = BuildCommand(help, version).Parse(Affirm(args), new ParserConfiguration
        {
            EnablePosixBundling = false,
            ResponseFileTokenReplacer = null,
        });

        exitCode = ExitCode.Success;
        if (parsed.GetValue(help))
        {
            new HelpPage(_program, _sentence, _arguments, _list, _groups).WriteTo(output);
            return false;
        }

        if (parsed.GetValue(version))
        {
            output.WriteLine(_version.Describe(_program));
            return false;
        }

        List<string> problems = Problems(parsed);
        foreach (string problem in problems)
        {
            error.WriteLine($"error: {problem}");
        }

        if (problems.Count > 0)
        {
            error.WriteLine($"try '{_program} --help'");
            exitCode = ExitCode.Usage;
        }

        return problems.Count == 0;
    }

    /// <summary>All flags, in the order of the help.</summary>
    public IReadOnlyList<Flag> Flags
    {
        get
        {
            List<Flag> flags = [];
            foreach (FlagGroup group in _groups)
            {
                flags.AddRange(group.Flags);
            }

            return flags;
        }
    }

    internal void AddNegation(string name) => _switches.Add(name);

    private Command BuildCommand(Option help, Option version)
    {
        // The parser wants one word; what stands before it, as in "program command", was read by the caller.
        Command command = new(_program[(_program.LastIndexOf(' ') + 1)..], _sentence) { help, version };
        command.TreatUnmatchedTokensAsErrors = false;
        foreach (FlagGroup group in _groups)
        {
            foreach (Flag flag in group.Flags)
            {
                command.Add(flag.Option);
            }
        }

        return command;
    }

    /// <summary>Turns <c>--no-NAME</c> of a switch into <c>--NAME=false</c>, which is how the parser knows it.</summary>
    private List<string> Affirm(IReadOnlyList<string> args)
    {
        const string Negation = "--no-";
        List<string> affirmed = [];
        foreach (string arg in args)
        {
            bool negated = arg.StartsWith(Negation, StringComparison.Ordinal) && _switches.Contains(arg[Negation.Length..]);
            affirmed.Add(negated ? $"--{arg[Negation.Length..]}=false" : arg);
        }

        return affirmed;
    }

    private List<string> Problems(ParseResult parsed)
    {
        List<string> problems = [];
        int given = 0;
        foreach (string token in parsed.UnmatchedTokens)
        {
            if (token.StartsWith('-'))
            {
                problems.Add(UnknownFlag(token));
            }
            else if (given < _arguments.Count)
            {
                _arguments[given++].Value = token;
            }
            else if (_list is not null)
            {
                _list.Add(token);
            }
            else
            {
                string allowed = _arguments.Count == 0 ? "flags only" : $"{_arguments.Count} without a flag";
                problems.Add($"unexpected argument '{token}' ({allowed})");
            }
        }

        for (; given < _arguments.Count; given++)
        {
            problems.Add($"{_arguments[given].Name} is missing: {_arguments[given].Sentence}");
        }

        if (_list is { Values.Count: 0 } list)
        {
            problems.Add($"{list.Name} is missing: {list.Sentence}");
        }

        foreach (System.CommandLine.Parsing.ParseError parseError in parsed.Errors)
        {
            problems.Add(parseError.Message);
        }

        foreach (FlagGroup group in _groups)
        {
            foreach (Flag flag in group.Flags)
            {
                if (flag.Take(parsed) is { } problem)
                {
                    problems.Add(problem);
                }
            }
        }

        return problems;
    }

    private string UnknownFlag(string token)
    {
        int equals = token.IndexOf('=', StringComparison.Ordinal);
        string given = equals < 0 ? token : token[..equals];
        List<string> known = ["help", "version"];
        foreach (FlagGroup group in _groups)
        {
            foreach (Flag flag in group.Flags)
            {
                known.Add(flag.Name);
            }
        }

        return NearestWord.Of(given.TrimStart('-'), known) is { } nearest
            ? $"unknown flag {given} (did you mean --{nearest}?)"
            : $"unknown flag {given}";
    }
}

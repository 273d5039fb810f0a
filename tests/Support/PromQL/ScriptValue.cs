namespace AmpEdge.Tests.Support;

/// <summary>One value of a series in a script: a number, a native histogram, or nothing at that step.</summary>
public readonly record struct ScriptValue(bool IsNothing, bool IsHistogram, double Number)
{
    public static ScriptValue Nothing => new(true, false, 0);

    public static ScriptValue Histogram => new(false, true, 0);

    public static ScriptValue Of(double number) => new(false, false, number);
}

using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace AmpEdge.Tsdb;

/// <summary>A check that stays on in release builds: for what must hold before bytes or references are trusted.</summary>
internal static class Invariant
{
    public static void Require([DoesNotReturnIf(false)] bool holds, string otherwise)
    {
        if (!holds)
        {
            Fail(otherwise);
        }
    }

    [DoesNotReturn]
    private static void Fail(string otherwise) =>
        throw new UnreachableException($"broken invariant of the store: {otherwise}");
}

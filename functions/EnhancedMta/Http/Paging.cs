using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EnhancedMta.SendingLog;
using Microsoft.AspNetCore.Http;

namespace EnhancedMta.Http;

/// <summary><c>limit</c> and <c>continuation</c> of a listing.</summary>
internal readonly record struct Paging(int Limit, string? Continuation)
{
    public static bool TryRead(HttpRequest request, int usual, out Paging paging, [NotNullWhen(false)] out IResult? problem)
    {
        paging = new Paging(usual, request.Query["continuation"] is [{ Length: > 0 } continuation] ? continuation : null);
        problem = null;
        if (request.Query["limit"] is not [{ } text])
            return true;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit is < 1 or > LogReader.MaxPage)
        {
            problem = Problems.Query("limit", string.Create(CultureInfo.InvariantCulture, $"must be a whole number from 1 to {LogReader.MaxPage}."));
            return false;
        }

        paging = paging with { Limit = limit };
        return true;
    }
}

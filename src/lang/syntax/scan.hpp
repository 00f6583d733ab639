#pragma once

#include <cstddef>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace lang {

// The first of four characters in [at, end), or end. Sixteen bytes at a time where possible.
inline const char* find_any(const char* at, const char* end, char a, char b, char c, char d) {
#if defined(__SSE2__)
    const __m128i wanted_a = _mm_set1_epi8(a);
    const __m128i wanted_b = _mm_set1_epi8(b);
    const __m128i wanted_c = _mm_set1_epi8(c);
    const __m128i wanted_d = _mm_set1_epi8(d);
    for (; end - at >= 16; at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i hits = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(bytes, wanted_a), _mm_cmpeq_epi8(bytes, wanted_b)),
            _mm_or_si128(_mm_cmpeq_epi8(bytes, wanted_c), _mm_cmpeq_epi8(bytes, wanted_d)));
        const int mask = _mm_movemask_epi8(hits);
        if (mask != 0) return at + __builtin_ctz(static_cast<unsigned>(mask));
    }
#endif
    while (at != end && *at != a && *at != b && *at != c && *at != d) ++at;
    return at;
}

}

// What Swift sees of libhdf5: the library's own header, and functions in place of the macros that Swift cannot import.
// Only the program `adze-h5worker` links this; HDF5 is not safe on hostile files in a process that matters.

#pragma once

// The 1.10 interface, which later libraries still offer under this name.
#define H5_USE_110_API
#if __has_include(<hdf5.h>)
#include <hdf5.h>
#else
#include <hdf5/serial/hdf5.h>
#endif

#include <stddef.h>
#include <stdint.h>

// MARK: - The file image

// The library asks for memory to copy the image into, three times over. It is given the image itself each time, so a
// file takes its own size in memory and no more. Sound because the file is opened read-only and the image outlives it.
static inline void *chdf5_image_malloc(size_t size, H5FD_file_image_op_t op, void *image) {
    (void)size, (void)op;
    return image;
}
static inline void *chdf5_image_memcpy(void *to, const void *from, size_t size, H5FD_file_image_op_t op, void *image) {
    (void)from, (void)size, (void)op, (void)image;
    return to;
}
static inline void *chdf5_image_realloc(void *p, size_t size, H5FD_file_image_op_t op, void *image) {
    (void)p, (void)size, (void)op, (void)image;
    return NULL;
}
static inline herr_t chdf5_image_free(void *p, H5FD_file_image_op_t op, void *image) {
    (void)p, (void)op, (void)image;
    return 0;
}
static inline void *chdf5_image_same(void *image) { return image; }
static inline herr_t chdf5_image_keep(void *image) {
    (void)image;
    return 0;
}

/// Opens a file that is in memory, read-only; negative where the library refuses it. `image` must outlive the file.
static inline hid_t chdf5_open_image(void *image, size_t size) {
    H5FD_file_image_callbacks_t callbacks = {
        .image_malloc = chdf5_image_malloc, .image_memcpy = chdf5_image_memcpy,
        .image_realloc = chdf5_image_realloc, .image_free = chdf5_image_free,
        .udata_copy = chdf5_image_same, .udata_free = chdf5_image_keep, .udata = image,
    };
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access < 0) return -1;
    hid_t file = -1;
    // The core driver without backing store. The name is only a name; absolute, or the library asks where it is.
    if (H5Pset_fapl_core(access, 1 << 20, 0) >= 0 && H5Pset_file_image_callbacks(access, &callbacks) >= 0 &&
        H5Pset_file_image(access, image, size) >= 0)
        file = H5Fopen("/image", H5F_ACC_RDONLY, access);
    return file;
}

/// Bytes in front of the file's own beginning; negative where the file does not say.
static inline int64_t chdf5_user_block(hid_t file) {
    hsize_t size = 0;
    hid_t creation = H5Fget_create_plist(file);
    if (creation < 0 || H5Pget_userblock(creation, &size) < 0) return -1;
    H5Pclose(creation);
    return (int64_t)size;
}

/// Quietens the library and forbids it plug-ins. To be called before anything else.
static inline int chdf5_start(void) {
    if (H5open() < 0 || H5Eset_auto2(H5E_DEFAULT, NULL, NULL) < 0) return -1;
    return H5PLset_loading_state(0) < 0 ? -1 : 0;
}

// MARK: - Links and objects

typedef int (*chdf5_link_visitor)(const char *name, int kind, void *context);

struct chdf5_visit {
    chdf5_link_visitor visitor;
    void *context;
};

static inline herr_t chdf5_link(hid_t group, const char *name, const H5L_info_t *info, void *visit) {
    (void)group;
    const struct chdf5_visit *v = (const struct chdf5_visit *)visit;
    return v->visitor(name, (int)info->type, v->context);
}

/// Calls the visitor with each link of a group, names ascending, until one answers other than 0; negative on failure.
static inline int chdf5_visit_links(hid_t group, chdf5_link_visitor visitor, void *context) {
    struct chdf5_visit visit = {visitor, context};
    hsize_t from = 0;
    return (int)H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &from, chdf5_link, &visit);
}

static inline int chdf5_hard_link(void) { return (int)H5L_TYPE_HARD; }
static inline int chdf5_soft_link(void) { return (int)H5L_TYPE_SOFT; }
static inline int chdf5_external_link(void) { return (int)H5L_TYPE_EXTERNAL; }

/// What an object is, `H5O_TYPE_GROUP` and so on, and its address in the file; negative on failure.
static inline int chdf5_object(hid_t object, int *kind, uint64_t *address) {
    H5O_info_t info;
    if (H5Oget_info(object, &info) < 0) return -1;
    *kind = (int)info.type;
    *address = (uint64_t)info.addr;
    return 0;
}

static inline int chdf5_group_kind(void) { return (int)H5O_TYPE_GROUP; }
static inline int chdf5_dataset_kind(void) { return (int)H5O_TYPE_DATASET; }

/// Opens an object of a group by its name.
static inline hid_t chdf5_open_object(hid_t group, const char *name) { return H5Oopen(group, name, H5P_DEFAULT); }

// MARK: - Types in memory

static inline hid_t chdf5_integer_type(int bytes, int is_signed) {
    switch (bytes) {
    case 1: return H5Tcopy(is_signed ? H5T_STD_I8LE : H5T_STD_U8LE);
    case 2: return H5Tcopy(is_signed ? H5T_STD_I16LE : H5T_STD_U16LE);
    case 4: return H5Tcopy(is_signed ? H5T_STD_I32LE : H5T_STD_U32LE);
    case 8: return H5Tcopy(is_signed ? H5T_STD_I64LE : H5T_STD_U64LE);
    default: return -1;
    }
}

/// A little-endian float of two bytes: sign, exponent, fraction.
static inline hid_t chdf5_float16_type(int exponent_bits) {
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    if (type < 0) return -1;
    size_t exponent = (size_t)exponent_bits, fraction = 15 - exponent;
    if (H5Tset_fields(type, 15, fraction, exponent, 0, fraction) < 0 || H5Tset_size(type, 2) < 0 ||
        H5Tset_ebias(type, ((size_t)1 << (exponent - 1)) - 1) < 0)
        return -1;
    return type;
}

static inline hid_t chdf5_float_type(int bytes) { return H5Tcopy(bytes == 4 ? H5T_IEEE_F32LE : H5T_IEEE_F64LE); }

/// The type of an attribute's strings in memory: zero-padded to `size`, or of any length where that is 0. Of the
/// file's own character set, as the library converts none.
static inline hid_t chdf5_string_type(hid_t in_file, size_t size) {
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type < 0) return -1;
    if (H5Tset_size(type, size == 0 ? H5T_VARIABLE : size) < 0 || H5Tset_strpad(type, H5T_STR_NULLPAD) < 0 ||
        H5Tset_cset(type, H5Tget_cset(in_file)) < 0)
        return -1;
    return type;
}

// MARK: - Reading

/// Reads a whole attribute.
static inline int chdf5_read_attribute(hid_t attribute, hid_t type, void *to) {
    return H5Aread(attribute, type, to) < 0 ? -1 : 0;
}

/// Gives back the strings of any length that `chdf5_read_attribute` made.
static inline void chdf5_free_strings(hid_t type, hid_t space, void *strings) {
    (void)H5Dvlen_reclaim(type, space, H5P_DEFAULT, strings);
}

/// Reads the block of a dataset that begins at `start` and has `count` elements along each dimension.
static inline int chdf5_read_block(
    hid_t dataset, hid_t type, hid_t space, const hsize_t *start, const hsize_t *count, int rank, void *to) {
    if (rank == 0) return H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, to) < 0 ? -1 : 0;
    if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) < 0) return -1;
    hid_t memory = H5Screate_simple(rank, count, NULL);
    if (memory < 0) return -1;
    int result = H5Dread(dataset, type, memory, space, H5P_DEFAULT, to) < 0 ? -1 : 0;
    H5Sclose(memory);
    return result;
}

/// The number of one of a dataset's filters; negative on failure.
static inline int chdf5_filter(hid_t creation, unsigned index) {
    unsigned flags = 0;
    size_t values = 0;
    return (int)H5Pget_filter2(creation, index, &flags, &values, NULL, 0, NULL, NULL);
}

static inline int chdf5_filter_deflate(void) { return H5Z_FILTER_DEFLATE; }
static inline int chdf5_filter_shuffle(void) { return H5Z_FILTER_SHUFFLE; }
static inline int chdf5_filter_fletcher32(void) { return H5Z_FILTER_FLETCHER32; }
